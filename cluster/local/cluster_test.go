package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/address"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/node"
)

const shop = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: echo, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: echo}}
  template:
    metadata: {labels: {app: echo}}
    spec:
      containers:
      - name: echo
        image: registry.k8s.io/gateway-api/echo-basic:v1.5.1
        env:
        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
      - name: sidecar
        image: registry.example.com/not-served:v1
---
apiVersion: v1
kind: Service
metadata: {name: echo, namespace: shop}
spec:
  type: NodePort
  selector: {app: echo}
  ports: [{name: http, port: 80, targetPort: 3000}]
`

// One cluster for all: it takes seconds to start. Each subtest has a namespace of its own.
func TestCluster(t *testing.T) {
	c := newCluster(t, "10.201.0.0/16")
	t.Run("Workload", c.testWorkload)
	t.Run("WaitsForSecret", c.testWaitsForSecret)
	t.Run("ReadinessGate", c.testReadinessGate)
	t.Run("Unschedulable", c.testUnschedulable)
	t.Run("GarbageCollection", c.testGarbageCollection)
	t.Run("RBAC", c.testRBAC)
	t.Run("Version", c.testVersion)
	t.Run("FolderInUse", c.testFolderInUse)
	t.Run("SecondCluster", func(t *testing.T) {
		second := newCluster(t, "10.202.0.0/16")
		t.Run("Version", second.testVersion)
	})
}

// testWorkload follows a Deployment from its creation to the end of its namespace.
func (c cluster) testWorkload(t *testing.T) {
	c.namespace(t, "shop")
	c.kubectl(t, shop, "apply", "-f", "-")
	pods := c.readyPods(t, "shop", 3)

	perNode := map[string]int{}
	names := map[string]bool{}
	for _, p := range pods {
		perNode[p.Spec.NodeName]++
		names[p.Name] = true
		got, err := get(t.Context(), "http://"+mapped(p.Status.PodIP, 3000)+"/a?b=c")
		if err != nil {
			t.Fatal(err)
		}
		want := answer{Path: "/a?b=c", Host: mapped(p.Status.PodIP, 3000), Namespace: "shop", Pod: p.Name}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pod %s: -want, +got:\n%s", p.Name, diff)
		}
	}
	if perNode["n1"]+perNode["n2"] != 3 || perNode["n1"] == 0 || perNode["n2"] == 0 {
		t.Errorf("pods are bound in turn: want 3 on two nodes, got %v", perNode)
	}

	port := c.nodePort(t, "shop", "echo")
	for _, n := range c.command.Node {
		c.waitForAll(t, mapped(n.IP.String(), port), names)
	}
	c.scaleDown(t, port)

	c.kubectl(t, "", "delete", "namespace", "shop", "--wait=false")
	eventually(t, "namespace shop gone", func(ctx context.Context) (bool, string) {
		ns, err := c.client.CoreV1().Namespaces().Get(ctx, "shop", metav1.GetOptions{})
		return apierrors.IsNotFound(err), fmt.Sprint(ns.Status, err)
	})
}

func (c cluster) nodePort(t *testing.T, namespace, service string) int32 {
	t.Helper()
	s, err := c.client.CoreV1().Services(namespace).Get(t.Context(), service, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Spec.Ports[0].NodePort
}

// waitForAll asks a node port until every pod has answered.
func (c cluster) waitForAll(t *testing.T, nodePort string, pods map[string]bool) {
	t.Helper()
	seen := map[string]bool{}
	eventually(t, "node port "+nodePort+" reaches all pods", func(ctx context.Context) (bool, string) {
		a, err := get(ctx, "http://"+nodePort+"/")
		if err == nil {
			seen[a.Pod] = true
		}
		return maps.Equal(pods, seen), fmt.Sprint(seen, err)
	})
}

// scaleDown takes all pods away: first their endpoints terminate and serve, and the node port still answers; then it is refused.
func (c cluster) scaleDown(t *testing.T, port int32) {
	t.Helper()
	c.kubectl(t, "", "-n", "shop", "scale", "deployment", "echo", "--replicas=0")
	eventually(t, "endpoints that terminate and serve", func(ctx context.Context) (bool, string) {
		conditions := c.endpointConditions(ctx, "shop")
		return slices.Equal(conditions, slices.Repeat([]string{"ready=false serving=true terminating=true"}, 3)), fmt.Sprint(conditions)
	})
	at := mapped(c.command.Node[0].IP.String(), port)
	if _, err := get(t.Context(), "http://"+at+"/"); err != nil {
		t.Errorf("node port while pods terminate: want an answer, got %v", err)
	}
	c.readyPods(t, "shop", 0)
	eventually(t, "node port without endpoints refused", func(ctx context.Context) (bool, string) {
		_, err := get(ctx, "http://"+at+"/")
		return errors.Is(err, syscall.ECONNREFUSED), fmt.Sprint(err)
	})
}

func (c cluster) endpointConditions(ctx context.Context, namespace string) []string {
	list, err := c.client.DiscoveryV1().EndpointSlices(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, s := range list.Items {
		for _, e := range s.Endpoints {
			out = append(out, describe(e.Conditions))
		}
	}
	return out
}

func describe(c discoveryv1.EndpointConditions) string {
	return fmt.Sprintf("ready=%t serving=%t terminating=%t", *c.Ready, *c.Serving, *c.Terminating)
}

// echoPod is a pod of the echo image.
func echoPod(name string, change func(*corev1.PodSpec)) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "echo", Image: "gateway-api/echo-basic:v1"}}},
	}
	change(&p.Spec)
	return p
}

func (c cluster) createPod(t *testing.T, namespace string, p *corev1.Pod) {
	t.Helper()
	if _, err := c.client.CoreV1().Pods(namespace).Create(t.Context(), p, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// The conformance suite creates pods and the Secrets that they mount in no particular order.
func (c cluster) testWaitsForSecret(t *testing.T) {
	c.namespace(t, "secret")
	c.createPod(t, "secret", echoPod("echo", func(s *corev1.PodSpec) {
		s.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "later"}}}}
	}))
	eventually(t, "pod waits", func(ctx context.Context) (bool, string) {
		p, err := c.client.CoreV1().Pods("secret").Get(ctx, "echo", metav1.GetOptions{})
		if err != nil || len(p.Status.ContainerStatuses) == 0 || p.Status.ContainerStatuses[0].State.Waiting == nil {
			return false, fmt.Sprint(err)
		}
		message := p.Status.ContainerStatuses[0].State.Waiting.Message
		return p.Status.Phase == corev1.PodPending && message == `Secret "later" does not exist`, message
	})
	_, err := c.client.CoreV1().Secrets("secret").Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "later"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c.readyPods(t, "secret", 1)
}

func (c cluster) testReadinessGate(t *testing.T) {
	c.namespace(t, "gate")
	c.createPod(t, "gate", echoPod("echo", func(s *corev1.PodSpec) {
		s.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "example.com/in-service"}}
	}))
	eventually(t, "pod runs and is not ready", func(ctx context.Context) (bool, string) {
		p, err := c.client.CoreV1().Pods("gate").Get(ctx, "echo", metav1.GetOptions{})
		if err != nil {
			return false, err.Error()
		}
		return p.Status.Phase == corev1.PodRunning && !isReady(*p), fmt.Sprint(p.Status.Conditions)
	})
	patch := `{"status":{"conditions":[{"type":"example.com/in-service","status":"True"}]}}`
	_, err := c.client.CoreV1().Pods("gate").Patch(t.Context(), "echo", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{}, "status")
	if err != nil {
		t.Fatal(err)
	}
	c.readyPods(t, "gate", 1)
}

func (c cluster) testUnschedulable(t *testing.T) {
	c.namespace(t, "nowhere")
	c.createPod(t, "nowhere", echoPod("echo", func(s *corev1.PodSpec) { s.NodeSelector = map[string]string{"disk": "fast"} }))
	eventually(t, "pod is said to be unschedulable", func(ctx context.Context) (bool, string) {
		p, err := c.client.CoreV1().Pods("nowhere").Get(ctx, "echo", metav1.GetOptions{})
		if err != nil || len(p.Status.Conditions) == 0 {
			return false, fmt.Sprint(err)
		}
		return p.Status.Conditions[0].Reason == corev1.PodReasonUnschedulable, fmt.Sprint(p.Status.Conditions)
	})
	c.kubectl(t, "", "label", "node", "n2", "disk=fast")
	if pods := c.readyPods(t, "nowhere", 1); pods[0].Spec.NodeName != "n2" {
		t.Errorf("node: want n2, got %s", pods[0].Spec.NodeName)
	}
}

func (c cluster) testGarbageCollection(t *testing.T) {
	c.namespace(t, "garbage")
	configMaps := c.client.CoreV1().ConfigMaps("garbage")
	owner, err := configMaps.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "owner"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	owned := metav1.ObjectMeta{Name: "owned", OwnerReferences: []metav1.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: owner.Name, UID: owner.UID}}}
	if _, err := configMaps.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: owned}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := configMaps.Delete(t.Context(), owner.Name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "owned object collected", func(ctx context.Context) (bool, string) {
		_, err := configMaps.Get(ctx, "owned", metav1.GetOptions{})
		return apierrors.IsNotFound(err), fmt.Sprint(err)
	})
}

func (c cluster) testRBAC(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   string
		want   bool
	}{
		"Nobody":     {reason: "a ServiceAccount may do nothing that no role allows", args: "system:serviceaccount:default:default", want: false},
		"Controller": {reason: "the roles of Kubernetes are there", args: "system:kube-controller-manager", want: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
				User:               tc.args,
				ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: "default", Verb: "list", Resource: "pods"},
			}}
			got, err := c.client.AuthorizationV1().SubjectAccessReviews().Create(t.Context(), review, metav1.CreateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got.Status.Allowed); diff != "" {
				t.Errorf("\n%s\nallowed: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
	if got := c.kubectl(t, "", "auth", "can-i", "list", "pods", "--as=system:kube-controller-manager"); got != "yes\n" {
		t.Errorf("kubectl impersonates: want yes, got %q", got)
	}
}

// kubectl fails when it cannot parse the version of the server or its own.
func (c cluster) testVersion(t *testing.T) {
	v, err := c.client.Discovery().ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(v.GitVersion, "v1.") {
		t.Errorf("version of the server: want a release, got %q", v.GitVersion)
	}
	if out := c.kubectl(t, "", "version"); !strings.Contains(out, "Server Version: "+v.GitVersion) {
		t.Errorf("kubectl version: want %s in it, got:\n%s", v.GitVersion, out)
	}
}

func (c cluster) testFolderInUse(t *testing.T) {
	err := c.command.run(t.Context(), streams{})
	if err == nil || !strings.Contains(err.Error(), "is in use by a cluster that runs as process") {
		t.Errorf("a second cluster in the same folder: want an error that says so, got %v", err)
	}
}

func TestPlanRefuses(t *testing.T) {
	valid := up{PodAddresses: address.Mapped, PodCIDR: netip.MustParsePrefix("10.64.0.0/10"), ServiceCIDR: netip.MustParsePrefix("172.20.0.0/16")}
	cases := map[string]struct {
		reason string
		args   func(*up)
		want   string
	}{
		"Overlap": {
			reason: "an address is a pod's or a Service's",
			args:   func(u *up) { u.ServiceCIDR = netip.MustParsePrefix("10.96.0.0/12") },
			want:   "pod CIDR 10.64.0.0/10 and service CIDR 10.96.0.0/12 overlap",
		},
		"IPv6": {
			reason: "addresses are IPv4",
			args:   func(u *up) { u.PodCIDR = netip.MustParsePrefix("fd00::/64") },
			want:   "pod CIDR fd00::/64 and service CIDR 172.20.0.0/16 must be IPv4",
		},
		"NotMappable": {
			reason: "only 10.0.0.0/8 has counterparts in 127.0.0.0/8",
			args:   func(u *up) { u.Node = []node.Spec{{Name: "a", IP: netip.MustParseAddr("192.168.0.1")}} },
			want:   `node "a" (192.168.0.1, pods 10.64.0.0/20) lies outside 10.0.0.0/8, which mapped addresses need`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			u := valid
			tc.args(&u)
			_, _, err := u.plan(t.Context())
			if err == nil {
				t.Fatalf("\n%s\nplan(): want an error", tc.reason)
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("\n%s\nplan(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
