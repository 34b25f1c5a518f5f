package adopt

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/forecast"
)

// finalizerTheirs is the other controller's, as albv1alpha1.FinalizerGateway is ours.
const finalizerTheirs = "gateway.k8s.aws/alb"

const (
	fieldOwner = client.FieldOwner("kubectl-alb-adopt")
	tick       = time.Second
)

// A Move takes one Gateway's load balancer over, or gives it back. All fields are required.
type Move struct {
	ELB  *elbv2.Client
	EC2  *ec2.Client
	Kube client.Client

	// Load what bears upon the Gateway, as it is now.
	Load func(context.Context) (translate.Input, error)
}

func externalName(o metav1.Object) string { return o.GetAnnotations()[meta.AnnotationKeyExternalName] }

func stackOf(in translate.Input) stack {
	return stack{cluster: in.Settings.ClusterName, name: in.Gateway.Namespace + "/" + in.Gateway.Name}
}

// look at what there is in the cluster and in AWS.
func (m *Move) look(ctx context.Context) (translate.Input, *Found, error) {
	in, err := m.Load(ctx)
	if err != nil {
		return in, nil, err
	}
	if in.Settings.ClusterName == "" {
		return in, nil, errors.New("the name of the cluster is not known; set spec.clusterName of the ClusterProviderConfig to the name that AWS Load Balancer Controller was given")
	}
	f, err := m.find(ctx, stackOf(in), in.Observed)
	return in, f, err
}

// Plan the takeover, or what is left of it.
func (m *Move) Plan(ctx context.Context) (*Plan, error) {
	in, f, err := m.look(ctx)
	if err != nil {
		return nil, err
	}
	if len(in.Observed.LoadBalancers) == 0 {
		f.Taken = false // tagged, and interrupted
	}
	p := planOf(in, f, forecast.Of(in).Output)
	return p, m.watch(ctx, p)
}

// Take over what is kept: first our tags, then the objects that stand for it; the other controller's tags go last, as by them it is
// found again where this was interrupted.
func (m *Move) Take(ctx context.Context) error {
	_, f, err := m.look(ctx)
	if err != nil {
		return err
	}
	for range 2 { // the load balancer, and then what it owns
		in, err := m.Load(ctx)
		if err != nil {
			return err
		}
		for _, o := range translate.Gateway(in).Apply {
			if err := m.take(ctx, in.Settings.ClusterName, o, f); err != nil {
				return err
			}
		}
	}
	arns := slices.Clone(f.Ours)
	for _, l := range f.Listeners {
		arns = append(arns, *l.ListenerArn)
	}
	arns = append(arns, *f.LoadBalancer.LoadBalancerArn) // last: by it one sees how far this came
	if err := m.untag(ctx, arns, f.Group, []string{tagCluster, tagStack, tagResource}); err != nil {
		return err
	}
	return m.unhold(ctx, finalizerTheirs)
}

// take one object over, if it stands for something that is there.
func (m *Move) take(ctx context.Context, cluster string, o translate.Object, f *Found) error {
	mg, ok := o.(resource.Managed)
	if !ok || o.GetUID() != "" {
		return nil
	}
	id := ""
	switch o := o.(type) {
	case *albv1alpha1.LoadBalancer:
		id = *f.LoadBalancer.LoadBalancerArn
		o.Spec.ForProvider.Name = f.LoadBalancer.LoadBalancerName
		if len(o.Spec.ForProvider.SecurityGroups) == 0 {
			o.Spec.ForProvider.SecurityGroups = f.OtherGroups() // by which the targets let it in, until ours does
		}
	case *albv1alpha1.SecurityGroup:
		if f.Group != nil {
			id, o.Spec.ForProvider.GroupName = *f.Group.GroupId, f.Group.GroupName
		}
	case *albv1alpha1.Listener:
		for _, l := range f.Listeners {
			if awssdk.ToInt32(l.Port) == o.Spec.ForProvider.Port {
				id = *l.ListenerArn
			}
		}
	}
	if id == "" {
		return nil
	}
	if err := m.tag(ctx, id, aws.OwnerTags(cluster, mg)); err != nil {
		return err
	}
	meta.SetExternalName(mg, id)
	err := m.Kube.Create(ctx, mg, fieldOwner)
	return errors.Wrapf(client.IgnoreAlreadyExists(err), "cannot create %T %s", o, o.GetName())
}

// Wait until everything of ours answers, for as long as that may take.
func (m *Move) Wait(ctx context.Context, patience time.Duration) error {
	over := time.After(patience)
	for {
		why, err := m.lacks(ctx)
		if err != nil || why == "" {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Errorf("ended before it was done: %s; nothing was removed: run the same again", why)
		case <-over:
			return errors.Errorf("%s; nothing was removed: start the provider or mend that, and run the same again", why)
		case <-time.After(tick):
		}
	}
}

func kindOf(o client.Object) string { return reflect.Indirect(reflect.ValueOf(o)).Type().Name() }

// lacks says what does not answer yet.
func (m *Move) lacks(ctx context.Context) (string, error) {
	in, err := m.Load(ctx)
	if err != nil {
		return "", err
	}
	for _, o := range forecast.Of(in).Output.Apply {
		if _, service := o.(*corev1.Service); service {
			continue
		}
		name := kindOf(o) + " " + o.GetName()
		err := m.Kube.Get(ctx, client.ObjectKeyFromObject(o), o)
		switch {
		case kerrors.IsNotFound(err):
			return name + " is not there yet", nil
		case err != nil:
			return "", errors.Wrapf(err, "cannot read %s", name)
		}
		if mg, ok := o.(resource.Managed); ok && mg.GetCondition(xpv2.TypeReady).Status != corev1.ConditionTrue {
			return strings.TrimSuffix(name+" is not ready: "+mg.GetCondition(xpv2.TypeReady).Message, ": "), nil
		}
		if b, ok := o.(*albv1alpha1.TargetGroupBinding); ok && b.Status.AtProvider.Healthy < b.Status.AtProvider.Targets {
			return "not all targets of " + name + " are healthy", nil
		}
	}
	return "", nil
}

// Finish removes what the other controller has left: its rules from the last one on, then the target groups that nobody names any
// more, drained.
func (m *Move) Finish(ctx context.Context) error {
	in, f, err := m.look(ctx)
	if err != nil {
		return err
	}
	for _, r := range f.Rules {
		if _, err := m.ELB.DeleteRule(ctx, &elbv2.DeleteRuleInput{RuleArn: r.RuleArn}); err != nil {
			return errors.Wrapf(err, "cannot delete rule %s", *r.RuleArn)
		}
	}
	if err := m.unbind(ctx, f.TargetGroups); err != nil {
		return err
	}
	for _, g := range f.TargetGroups {
		if err := m.drain(ctx, *g.TargetGroupArn); err != nil {
			return err
		}
		if _, err := m.ELB.DeleteTargetGroup(ctx, &elbv2.DeleteTargetGroupInput{TargetGroupArn: g.TargetGroupArn}); err != nil {
			return errors.Wrapf(err, "cannot delete target group %s", *g.TargetGroupName)
		}
	}
	if f.Group == nil {
		return nil
	}
	return m.dropGroups(ctx, in)
}

// dropGroups beside its own from the LoadBalancer. Where the user gives groups, it has no others.
func (m *Move) dropGroups(ctx context.Context, in translate.Input) error {
	if lb := balancer(forecast.Of(in).Output); lb == nil || len(lb.Spec.ForProvider.SecurityGroups) > 0 {
		return nil
	}
	for _, lb := range in.Observed.LoadBalancers {
		if len(lb.Spec.ForProvider.SecurityGroupRefs) == 0 || len(lb.Spec.ForProvider.SecurityGroups) == 0 {
			continue
		}
		patch := client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"forProvider":{"securityGroups":null}}}`))
		if err := m.Kube.Patch(ctx, lb.DeepCopy(), patch, fieldOwner); err != nil {
			return errors.Wrapf(err, "cannot take the security groups off LoadBalancer %s", lb.Name)
		}
	}
	return nil
}

// drain a target group that no rule names, and wait until its requests are answered.
func (m *Move) drain(ctx context.Context, arn string) error {
	for {
		empty, err := m.deregister(ctx, arn)
		if err != nil || empty {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Errorf("the targets of %s are not drained yet; run the same again", arn)
		case <-time.After(tick):
		}
	}
}

// deregister all targets that are not being drained yet. It says whether there was none at all.
func (m *Move) deregister(ctx context.Context, arn string) (bool, error) {
	out, err := m.ELB.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: &arn})
	if err != nil {
		return false, errors.Wrapf(err, "cannot read the targets of %s", arn)
	}
	in := &elbv2.DeregisterTargetsInput{TargetGroupArn: &arn}
	for _, d := range out.TargetHealthDescriptions {
		if d.TargetHealth == nil || d.TargetHealth.State != elbtypes.TargetHealthStateEnumDraining {
			in.Targets = append(in.Targets, *d.Target)
		}
	}
	if len(in.Targets) > 0 {
		if _, err := m.ELB.DeregisterTargets(ctx, in); err != nil {
			return false, errors.Wrapf(err, "cannot deregister the targets of %s", arn)
		}
	}
	return len(out.TargetHealthDescriptions) == 0, nil
}

// unhold takes a finalizer off the Gateway.
func (m *Move) unhold(ctx context.Context, finalizer string) error {
	in, err := m.Load(ctx)
	if err != nil || !slices.Contains(in.Gateway.Finalizers, finalizer) {
		return err
	}
	gw := in.Gateway.DeepCopy()
	controllerutil.RemoveFinalizer(gw, finalizer)
	err = m.Kube.Patch(ctx, gw, client.MergeFromWithOptions(in.Gateway, client.MergeFromWithOptimisticLock{}))
	return errors.Wrapf(err, "cannot take finalizer %s off the Gateway", finalizer)
}
