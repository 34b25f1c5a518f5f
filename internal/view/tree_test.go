package view

import (
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func TestTree(t *testing.T) {
	cases := map[string]struct {
		reason  string
		objects []string
		want    string
	}{
		"Owners": {
			reason: "Objects stand below their owners; rules in order of priority, whatever their names; each with what it says of itself.",
			objects: []string{
				`{kind: ListenerRule, metadata: {name: b, uid: "4", ownerReferences: [{uid: "3"}]}, spec: {forProvider: {priority: 1000, conditions: [{field: path-pattern, pathPatternConfig: {regexValues: ["^/cart(/.*)?$"]}}], actions: [{type: forward, forwardConfig: {targetGroups: [{targetGroupRef: {name: cart}}]}}]}}, status: {conditions: [{type: Ready, status: "True"}]}}`,
				`{kind: ListenerRule, metadata: {name: a, uid: "5", ownerReferences: [{uid: "3"}]}, spec: {forProvider: {priority: 1100, actions: [{type: fixed-response, fixedResponseConfig: {statusCode: "404"}}]}}, status: {conditions: [{type: Ready, status: "False", message: waits}]}}`,
				`{kind: Listener, metadata: {name: shop-80, uid: "3", ownerReferences: [{uid: "2"}]}, spec: {forProvider: {protocol: HTTP, port: 80}}}`,
				`{kind: LoadBalancer, metadata: {name: shop, uid: "2", ownerReferences: [{uid: "1"}]}, status: {atProvider: {dnsName: shop.elb}, conditions: [{type: Ready, status: "True"}]}}`,
				`{kind: Gateway, metadata: {name: shop, uid: "1"}, status: {conditions: [{type: Programmed, status: "True", message: arn}]}}`,
			},
			want: `✓ Gateway/shop
└── ✓ LoadBalancer/shop  shop.elb
    └── … Listener/shop-80  HTTP:80
        ├── ✓ ListenerRule/b  1000 * /cart/* → forward cart
        └── ✗ ListenerRule/a  1100 * /* → fixed 404  (waits)
`,
		},
		"OwnerElsewhere": {
			reason:  "An object whose owner is not among the objects is a root, so that nothing is left out.",
			objects: []string{`{kind: TargetGroup, metadata: {name: web, uid: "2", ownerReferences: [{uid: "1"}]}, spec: {forProvider: {targetType: ip, protocol: HTTP, port: 80}}}`},
			want:    "… TargetGroup/web  ip HTTP:80\n",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var objects []unstructured.Unstructured
			for _, y := range tc.objects {
				var o unstructured.Unstructured
				b, err := yaml.YAMLToJSON([]byte("{apiVersion: v1, " + y[1:]))
				if err != nil {
					t.Fatal(err)
				}
				if err := o.UnmarshalJSON(b); err != nil {
					t.Fatal(err)
				}
				objects = append(objects, o)
			}
			if diff := cmp.Diff(tc.want, ansi.Strip(Tree(objects))); diff != "" {
				t.Errorf("%s\nTree(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
