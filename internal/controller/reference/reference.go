package reference

import (
	"context"
	"fmt"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// From is where a reference stands: a namespace, and either the name of an object in it or an ARN that needs no object.
type From struct {
	Namespace string
	Ref       *albv1alpha1.Reference
	ARN       *string
}

// A Referent is what a reference leads to.
type Referent struct {
	Kind string
	Name string

	// ARN in AWS; empty while there is none.
	ARN string

	// Missing: there is no such object.
	Missing bool

	// Unready: AWS is still making it.
	Unready bool

	// Deleting: the object is on its way out, and takes with it what hangs on it.
	Deleting bool
}

// Waiting says what somebody who needs the referent alive still waits for; empty means nothing.
func (r Referent) Waiting() string {
	switch {
	case r.Missing:
		return fmt.Sprintf("%s %q is not there", r.Kind, r.Name)
	case r.Deleting:
		return fmt.Sprintf("%s %q is being deleted", r.Kind, r.Name)
	case r.ARN == "":
		return fmt.Sprintf("%s %q has no ARN yet", r.Kind, r.Name)
	case r.Unready:
		return fmt.Sprintf("AWS is still creating %s %q", r.Kind, r.Name)
	}
	return ""
}

// Gone says that the referent is no more, or as good as that.
func (r Referent) Gone() bool { return r.Missing || r.Deleting }

// LoadBalancer that a reference leads to. It has an ARN long before it is active.
func LoadBalancer(ctx context.Context, kube client.Reader, f From) (Referent, error) {
	o := &albv1alpha1.LoadBalancer{}
	return find(ctx, kube, f, lookup{kind: "LoadBalancer", object: o, arn: func() string { return o.Status.AtProvider.ARN }})
}

// WaitingForActive says what somebody who needs a load balancer that is past provisioning waits for; empty means nothing. One that
// is given by its ARN is taken to be active.
func WaitingForActive(ctx context.Context, kube client.Reader, f From) (string, error) {
	o := &albv1alpha1.LoadBalancer{}
	lb, err := find(ctx, kube, f, lookup{kind: "LoadBalancer", object: o, arn: func() string { return o.Status.AtProvider.ARN }})
	if err != nil || f.ARN != nil {
		return "", err
	}
	if w := lb.Waiting(); w != "" {
		return w, nil
	}
	if s := o.Status.AtProvider.State; s != "active" && s != "active_impaired" {
		return fmt.Sprintf("%s %q is not active yet", lb.Kind, lb.Name), nil
	}
	return "", nil
}

// Listener that a reference leads to. One whose load balancer goes has gone with it in AWS, before garbage collection reaches
// the object.
func Listener(ctx context.Context, kube client.Reader, f From) (Referent, error) {
	o := &albv1alpha1.Listener{}
	r, err := find(ctx, kube, f, lookup{kind: "Listener", object: o, arn: func() string { return o.Status.AtProvider.ARN }})
	if err != nil || r.Missing || o.Spec.ForProvider.LoadBalancerRef == nil {
		return r, err
	}
	lb, err := LoadBalancer(ctx, kube, From{Namespace: f.Namespace, Ref: o.Spec.ForProvider.LoadBalancerRef})
	r.Deleting = r.Deleting || lb.Gone()
	return r, err
}

// TargetGroup that a reference leads to.
func TargetGroup(ctx context.Context, kube client.Reader, f From) (Referent, error) {
	o := &albv1alpha1.TargetGroup{}
	return find(ctx, kube, f, lookup{kind: "TargetGroup", object: o, arn: func() string { return o.Status.AtProvider.ARN }})
}

// SecurityGroup that a reference leads to. Its ARN is its group id.
func SecurityGroup(ctx context.Context, kube client.Reader, f From) (Referent, error) {
	o := &albv1alpha1.SecurityGroup{}
	return find(ctx, kube, f, lookup{kind: "SecurityGroup", object: o, arn: func() string { return o.Status.AtProvider.GroupID }})
}

// Certificate that a reference leads to.
func Certificate(ctx context.Context, kube client.Reader, f From) (Referent, error) {
	o := &albv1alpha1.Certificate{}
	return find(ctx, kube, f, lookup{kind: "Certificate", object: o, arn: func() string { return o.Status.AtProvider.ARN }})
}

// TrustStore that a reference leads to. A listener can have it once AWS has made it.
func TrustStore(ctx context.Context, kube client.Reader, f From) (Referent, error) {
	o := &albv1alpha1.TrustStore{}
	r, err := find(ctx, kube, f, lookup{kind: "TrustStore", object: o, arn: func() string { return o.Status.AtProvider.ARN }})
	r.Unready = o.Status.AtProvider.Status == string(elbtypes.TrustStoreStatusCreating)
	return r, err
}

type lookup struct {
	kind   string
	object client.Object
	arn    func() string
}

func find(ctx context.Context, kube client.Reader, f From, l lookup) (Referent, error) {
	if f.ARN != nil {
		return Referent{Kind: l.kind, ARN: *f.ARN}, nil
	}
	if f.Ref == nil {
		return Referent{Kind: l.kind, Missing: true}, nil
	}
	r := Referent{Kind: l.kind, Name: f.Ref.Name}
	err := kube.Get(ctx, types.NamespacedName{Namespace: f.Namespace, Name: f.Ref.Name}, l.object)
	if kerrors.IsNotFound(err) {
		r.Missing = true
		return r, nil
	}
	if err != nil {
		return r, errors.Wrapf(err, "cannot get %s %q", l.kind, f.Ref.Name)
	}
	r.ARN = l.arn()
	r.Deleting = l.object.GetDeletionTimestamp() != nil
	return r, nil
}
