package rig

import (
	"reflect"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
)

// What every rig has: the namespace that objects live in, and the cluster's name in AWS.
const (
	Namespace = "shop"
	Cluster   = "test"
)

// A Place is where resources are made.
type Place struct {
	Endpoint string
	Region   string
	VPCID    string
}

// An Index of the fake API server.
type Index struct {
	Object client.Object
	Field  string
	Values client.IndexerFunc
}

// Indexes of a kind.
func Indexes[T resource.ModernManaged](k drive.Kind[T]) []Index {
	var out []Index
	for _, ix := range k.Indexes {
		out = append(out, Index{Object: k.New(), Field: ix.Field, Values: func(o client.Object) []string {
			mg, ok := o.(T)
			if !ok {
				return nil
			}
			return ix.Values(mg)
		}})
	}
	return out
}

// A Rig is a fake API server and an AWS account.
type Rig struct {
	*testing.T

	Kube     client.Client
	Scheme   *runtime.Scheme
	Accounts *aws.Accounts

	// ELB and S3 go round the provider.
	ELB *elbv2.Client
	S3  *s3.Client
}

// New rig. What the provider reads from AWS is not remembered, so that it sees at once what was done behind its back.
func New(t *testing.T, p Place, indexes []Index, objects ...client.Object) *Rig {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{albv1alpha1.AddToScheme, corev1.AddToScheme, discoveryv1.AddToScheme, gatewayv1.Install, gwcfgv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	b := fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(
		&albv1alpha1.LoadBalancer{}, &albv1alpha1.Listener{}, &albv1alpha1.ListenerRule{}, &albv1alpha1.TargetGroup{},
		&albv1alpha1.TargetGroupBinding{}, &albv1alpha1.SecurityGroup{}, &albv1alpha1.Certificate{},
		&albv1alpha1.TrustStore{}, &albv1alpha1.SecurityGroupRule{}, &albv1alpha1.WebACLAssociation{}, &albv1alpha1.ShieldProtection{},
		&gatewayv1.GatewayClass{}, &gatewayv1.Gateway{}, &gatewayv1.ListenerSet{}, &gatewayv1.HTTPRoute{}, &gatewayv1.GRPCRoute{},
		&gwcfgv1.LoadBalancerConfiguration{}, &gwcfgv1.TargetGroupConfiguration{}, &gwcfgv1.ListenerRuleConfiguration{},
	).WithObjects(&albv1alpha1.ClusterProviderConfig{
		ObjectMeta: metav1.ObjectMeta{Name: "default"},
		Spec:       albv1alpha1.ProviderConfigSpec{Region: p.Region, VpcID: p.VPCID, ClusterName: Cluster, Endpoint: p.Endpoint},
	}).WithObjects(objects...)
	for _, ix := range indexes {
		b = b.WithIndex(ix.Object, ix.Field, ix.Values)
	}
	kube := b.Build()
	return &Rig{
		T: t, Kube: kube, Scheme: scheme,
		Accounts: aws.NewAccounts(kube, aws.Options{Ages: forgetful(), Attempts: 1}),
		ELB: elbv2.New(elbv2.Options{
			Region: p.Region, APIOptions: body.APIOptions(), BaseEndpoint: &p.Endpoint, Retryer: awssdk.NopRetryer{},
			Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		}),
		S3: s3.New(s3.Options{
			Region: p.Region, APIOptions: body.APIOptions(), BaseEndpoint: &p.Endpoint, Retryer: awssdk.NopRetryer{}, UsePathStyle: true,
			Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		}),
	}
}

func forgetful() aws.Ages {
	const once = time.Nanosecond
	return aws.Ages{
		Listing: once, Provisioning: once, Content: once, Detail: once, Health: once, Settling: once, Network: once, Groups: once,
		Absent: once, Error: once, Settle: once, Moment: time.Millisecond,
	}
}

// Spec that every managed resource has, as the API server fills it in.
func Spec() xpv2.ManagedResourceSpec {
	return xpv2.ManagedResourceSpec{
		ManagementPolicies:      xpv2.ManagementPolicies{xpv2.ManagementActionAll},
		ProviderConfigReference: &xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"},
	}
}

// Meta of an object in the rig's namespace.
func Meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: Namespace, Name: name, UID: types.UID(name), Generation: 1}
}

// A Runner reconciles the objects of one kind.
type Runner[T resource.ModernManaged] struct {
	*Rig

	Kind drive.Kind[T]

	reconciler reconcile.Reconciler
}

// Run a kind on a rig. A new runner has forgotten what one before it knew, like a process that was started again.
func Run[T resource.ModernManaged](r *Rig, k drive.Kind[T]) *Runner[T] {
	return &Runner[T]{Rig: r, Kind: k, reconciler: drive.New(r.Kube, r.Scheme, r.Accounts, k, drive.Options{})}
}

// Once reconciles an object one time, and returns it as it is stored then, or nothing if it is gone.
func (r *Runner[T]) Once(name string) (T, reconcile.Result) {
	r.Helper()
	key := types.NamespacedName{Namespace: Namespace, Name: name}
	result, err := r.reconciler.Reconcile(r.Context(), reconcile.Request{NamespacedName: key})
	if err != nil {
		r.Fatalf("Reconcile(%s): %v", name, err)
	}
	return r.Get(name), result
}

// hurries says that a reconciler wants to go on at once. A poll, which is of low priority, may happen to be near too.
func hurries(r reconcile.Result) bool {
	const soon = 500 * time.Millisecond
	return r.Priority == nil && r.RequeueAfter > 0 && r.RequeueAfter <= soon
}

// Settle reconciles an object as its own events and the reconciler would have it: until a reconcile leaves it as it was, and
// is in no hurry to look again.
func (r *Runner[T]) Settle(name string) T {
	r.Helper()
	const enough = 12
	for range enough {
		before := r.version(name)
		mg, result := r.Once(name)
		if r.version(name) == before && !hurries(result) {
			return mg
		}
	}
	mg := r.Get(name)
	r.Fatalf("%s %q does not come to rest: Ready %q, Synced %q", r.Kind.GVK.Kind, name, Ready(mg), Synced(mg))
	return r.Kind.New()
}

// Get an object; without a name if there is none.
func (r *Runner[T]) Get(name string) T {
	r.Helper()
	mg := r.Kind.New()
	err := r.Kube.Get(r.Context(), types.NamespacedName{Namespace: Namespace, Name: name}, mg)
	if err != nil && !kerrors.IsNotFound(err) {
		r.Fatal(err)
	}
	if err != nil {
		return r.Kind.New()
	}
	return mg
}

func (r *Runner[T]) version(name string) string { return r.Get(name).GetResourceVersion() }

// Change an object as a user would: its generation goes up.
func (r *Runner[T]) Change(name string, change func(T)) {
	r.Helper()
	mg := r.Get(name)
	change(mg)
	mg.SetGeneration(mg.GetGeneration() + 1)
	Must(r.Rig, r.Kube.Update(r.Context(), mg))
}

// Delete an object, as far as its finalizers allow.
func (r *Runner[T]) Delete(name string) {
	r.Helper()
	Must(r.Rig, r.Kube.Delete(r.Context(), r.Get(name)))
}

// Woken are the objects of the kind that a change of another object wakes.
func (r *Runner[T]) Woken(changed client.Object) []types.NamespacedName {
	var names []types.NamespacedName
	for _, w := range r.Kind.Watches {
		if reflect.TypeOf(w.Object) == reflect.TypeOf(changed) {
			names = append(names, w.Map(r.Context(), r.Kube, changed)...)
		}
	}
	return names
}

// Writes are those of the counted calls that change something in AWS.
func Writes(calls map[string]int) map[string]int {
	out := map[string]int{}
	for operation, n := range calls {
		if _, name, _ := strings.Cut(operation, "."); !strings.HasPrefix(name, "Describe") && !strings.HasPrefix(name, "List") && !strings.HasPrefix(name, "Get") && !strings.HasPrefix(name, "Head") {
			out[operation] = n
		}
	}
	return out
}

// SetStatus stores the status of an object.
func SetStatus(r *Rig, o client.Object) {
	r.Helper()
	Must(r, r.Kube.Status().Update(r.Context(), o))
}

// Must ends the test on an error.
func Must(r *Rig, err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// Put an object into S3.
func Put(r *Rig, bucket, key, content string) {
	r.Helper()
	_, err := r.S3.PutObject(r.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(content)})
	Must(r, err)
}

// Value of a call that must not fail.
func Value[V any](v V, err error) func(*Rig) V {
	return func(r *Rig) V {
		r.Helper()
		Must(r, err)
		return v
	}
}

// Ready condition of an object, as "Reason" or "Reason: message".
func Ready(mg resource.Conditioned) string { return describe(mg.GetCondition(xpv2.TypeReady)) }

// Synced condition of an object.
func Synced(mg resource.Conditioned) string { return describe(mg.GetCondition(xpv2.TypeSynced)) }

func describe(c xpv2.Condition) string {
	if c.Message == "" {
		return string(c.Reason)
	}
	return string(c.Reason) + ": " + c.Message
}
