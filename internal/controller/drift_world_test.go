package controller_test

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http/httptest"
	"reflect"
	"slices"
	"syscall"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	acmapi "github.com/aws/aws-sdk-go-v2/service/acm"
	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/certificate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listener"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listenerrule"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/loadbalancer"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/securitygroup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/securitygrouprule"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/shieldprotection"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/targetgroup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/targetgroupbinding"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/truststore"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/webaclassociation"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/acm"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/dataplane"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
)

// A managedKind is one of the provider's.
type managedKind struct {
	name    string
	indexes []rig.Index
	object  reflect.Type
	engine  func(w *world, a *aws.Accounts) reconcile.Reconciler
}

func of[T resource.ModernManaged](kind func(w *world) drive.Kind[T]) managedKind {
	k := kind(&world{})
	return managedKind{
		name: k.GVK.Kind, indexes: rig.Indexes(k), object: reflect.TypeFor[T]().Elem(),
		engine: func(w *world, a *aws.Accounts) reconcile.Reconciler {
			return drive.New(w.Kube, w.Scheme, a, kind(w), drive.Options{Recorder: w})
		},
	}
}

func always[T resource.ModernManaged](kind func() drive.Kind[T]) managedKind {
	return of(func(*world) drive.Kind[T] { return kind() })
}

func reads[T resource.ModernManaged](kind func(client.Reader) drive.Kind[T]) managedKind {
	return of(func(w *world) drive.Kind[T] {
		if w.Rig == nil {
			return kind(nil)
		}
		return kind(w.Kube)
	})
}

func bindings(w *world) drive.Kind[*v1alpha1.TargetGroupBinding] {
	if w.Rig == nil {
		return targetgroupbinding.Kind(nil)
	}
	return targetgroupbinding.Kind(w.Kube.Status())
}

// kinds in an order in which each finds what it refers to.
var kinds = []managedKind{
	always(securitygroup.Kind), always(loadbalancer.Kind), reads(certificate.Kind), always(truststore.Kind), always(targetgroup.Kind),
	of(bindings), reads(listener.Kind), reads(listenerrule.Kind), always(securitygrouprule.Kind),
	always(webaclassociation.Kind), always(shieldprotection.Kind),
}

// A world is an account in which each kind has made what its objects say, and a second client of it.
type world struct {
	*rig.Rig
	endpoint string
	ec2      *ec2api.Client
	acm      *acmapi.Client
	waf      *wafv2.Client
	shield   *shield.Client

	managed  []resource.Managed
	accounts []*aws.Accounts // by sight
	acls     []string        // ARNs of web ACLs
	events   []string        // "Kind/name Reason: message"

	authority, others, certificate, key []byte // PEM
}

// Event of an object.
func (w *world) Event(o runtime.Object, e event.Event) {
	if mg, ok := o.(resource.Managed); ok {
		w.events = append(w.events, fmt.Sprintf("%s %s: %s", nameOf(mg), e.Reason, e.Message))
	}
}

// WithAnnotations is part of a recorder.
func (w *world) WithAnnotations(...string) event.Recorder { return w }

const (
	region  = "us-east-1"
	bundles = "bundles"
)

// Certificates that the account has.
const (
	certA = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000a"
	certB = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000b"
	certC = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000c"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := newAccount(t)
	for _, o := range objects(w) {
		rig.Must(w.Rig, w.Kube.Create(t.Context(), o))
		if mg, ok := o.(resource.Managed); ok {
			w.managed = append(w.managed, mg)
		}
	}
	w.look()
	for _, mg := range w.managed {
		now := w.get(mg)
		if rig.Ready(now) != "Available" || rig.Synced(now) != "ReconcileSuccess" {
			t.Fatalf("%s is not ready: %s, %s", nameOf(mg), rig.Synced(now), rig.Ready(now))
		}
	}
	return w
}

// newAccount is a world without objects.
func newAccount(t *testing.T, indexes ...rig.Index) *world {
	t.Helper()
	sim, err := simulator.New(simulator.Options{
		ProvisioningDelay: simulator.Immediately, InterfaceLinger: simulator.Immediately, TrustStoreDelay: simulator.Immediately, ShieldSubscribed: true,
		DataPlane: dataplane.Options{Dial: unreachable},
		World: simulator.World{
			Certificates: []acm.Material{material(t, certA, "a.example.com"), material(t, certB, "b.example.com"), material(t, certC, "c.example.com")},
			Buckets:      []s3.Bucket{{Name: bundles}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	c := awssdk.Config{Region: region, APIOptions: body.APIOptions(), BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	w := &world{endpoint: server.URL, ec2: ec2api.NewFromConfig(c), acm: acmapi.NewFromConfig(c), waf: wafv2.NewFromConfig(c), shield: shield.NewFromConfig(c)}
	indexes = append(indexes,
		rig.Index{Object: &corev1.Pod{}, Field: "targetgroupbinding.gate", Values: func(client.Object) []string { return nil }},
		rig.Index{Object: &discoveryv1.EndpointSlice{}, Field: "targetgroupbinding.slice", Values: func(o client.Object) []string {
			return []string{o.GetLabels()[discoveryv1.LabelServiceName]}
		}},
	)
	for _, k := range kinds {
		indexes = append(indexes, k.indexes...)
	}
	w.Rig = rig.New(t, rig.Place{Endpoint: server.URL, Region: region, VPCID: ec2.DefaultVPC}, indexes)
	w.ELB = elbv2.NewFromConfig(c)
	for _, name := range []string{"one", "two"} {
		out := rig.Value(w.waf.CreateWebACL(t.Context(), &wafv2.CreateWebACLInput{
			Name: &name, Scope: waftypes.ScopeRegional, DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}},
			VisibilityConfig: &waftypes.VisibilityConfig{MetricName: &name},
		}))(w.Rig)
		w.acls = append(w.acls, *out.Summary.ARN)
	}
	w.authority, _ = rig.KeyPair(t, "ca.example.com", time.Hour)
	w.certificate, w.key = rig.KeyPair(t, "shop.example.com", time.Hour)
	w.others, _ = rig.KeyPair(t, "others.example.com", time.Hour)
	rig.Put(w.Rig, bundles, "others.pem", string(w.others))
	return w
}

// look at everything once, with nothing remembered from before.
func (w *world) look() {
	w.Helper()
	w.accounts = nil
	for _, s := range []sight{minute, health, details} {
		w.accounts = append(w.accounts, aws.NewAccounts(w.Kube, aws.Options{Ages: seeing(s)}))
	}
	for _, a := range slices.Backward(w.accounts) {
		w.settle(a)
	}
}

func unreachable(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }

// A sight is how soon the provider sees a change: the age that what it knows of AWS may have.
type sight int

const (
	minute  sight = iota // what serves requests, which each poll reads
	health               // targets
	details              // what takes a call for each resource: tags, attributes, certificates
)

// seeing no more than what a sight sees: the rest is remembered for longer than the test runs.
func seeing(s sight) aws.Ages {
	const once, never = time.Nanosecond, time.Hour
	age := func(of sight) time.Duration {
		if of <= s {
			return once
		}
		return never
	}
	return aws.Ages{
		Listing: age(minute), Content: age(minute), Groups: age(minute), Health: age(health), Detail: age(details), Network: age(details),
		Provisioning: once, Absent: once, Settling: once, Error: once, Settle: once, Moment: time.Millisecond,
	}
}

// settle every object: until a round over all of them stores nothing.
func (w *world) settle(a *aws.Accounts) {
	w.Helper()
	w.round(a, w.managed)
}

// round over objects, again and again until one stores nothing. Those who run them have forgotten what others before them knew.
func (w *world) round(a *aws.Accounts, objects []resource.Managed) {
	w.Helper()
	engines := map[string]reconcile.Reconciler{}
	for _, k := range kinds {
		engines[k.name] = k.engine(w, a)
	}
	var before map[string]string
	const enough = 40
	for range enough {
		before = w.versions(objects)
		for _, k := range kinds {
			for _, mg := range objects {
				if kindOf(mg) != k.name {
					continue
				}
				if _, err := engines[k.name].Reconcile(w.Context(), reconcile.Request{NamespacedName: client.ObjectKeyFromObject(mg)}); err != nil {
					w.Fatalf("%s: %v", nameOf(mg), err)
				}
			}
		}
		if maps.Equal(before, w.versions(objects)) {
			return
		}
	}
	w.Fatalf("the objects do not come to rest: -before, +after the last round:\n%s", cmp.Diff(before, w.versions(objects)))
}

func (w *world) versions(objects []resource.Managed) map[string]string {
	w.Helper()
	all := map[string]string{}
	for _, mg := range objects {
		now := w.get(mg)
		all[nameOf(mg)] = now.GetResourceVersion() + " " + rig.Synced(now) + " " + rig.Ready(now)
	}
	return all
}

// get an object as it is stored.
func (w *world) get(mg resource.Managed) resource.Managed {
	w.Helper()
	now, ok := mg.DeepCopyObject().(resource.Managed)
	if !ok {
		w.Fatalf("%T is not managed", mg)
	}
	rig.Must(w.Rig, w.Kube.Get(w.Context(), client.ObjectKeyFromObject(mg), now))
	return now
}

// object by kind and name: "TargetGroup/web".
func (w *world) object(name string) resource.Managed {
	w.Helper()
	for _, mg := range w.managed {
		if nameOf(mg) == name {
			return w.get(mg)
		}
	}
	w.Fatalf("there is no %s", name)
	return nil
}

// id of an object's resource in AWS.
func (w *world) id(name string) *string {
	w.Helper()
	return new(meta.GetExternalName(w.object(name)))
}

func kindOf(mg resource.Managed) string { return reflect.TypeOf(mg).Elem().Name() }

func nameOf(mg resource.Managed) string { return kindOf(mg) + "/" + mg.GetName() }

func material(t *testing.T, arn, host string) acm.Material {
	t.Helper()
	c, k := rig.KeyPair(t, host, time.Hour)
	return acm.Material{ARN: arn, Certificate: c, PrivateKey: k}
}
