package drive

import (
	"cmp"
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
)

// reasonChanged is of the event that names what an update changed, be it that the object or that AWS had changed.
const reasonChanged event.Reason = "ChangedExternalResource"

// A connector finds the account of an object and makes the kind's client.
type connector[T resource.ModernManaged] struct {
	kube     client.Reader
	accounts *aws.Accounts
	kind     Kind[T]
	record   event.Recorder
}

func (c *connector[T]) Connect(ctx context.Context, mg T) (managed.TypedExternalClient[T], error) {
	p, _ := passOf(ctx, mg)
	if p == nil {
		p = &pass{}
	}
	account, err := c.accounts.For(ctx, mg)
	if err != nil {
		return nil, p.saw(err, looked)
	}
	e, err := c.kind.Connect(ctx, account, c.kube, mg)
	if err != nil {
		return nil, p.saw(err, looked)
	}
	return &external[T]{TypedExternalClient: e, kind: c.kind, pass: p, record: c.record}, nil
}

// saw the outcome of a call. The error that is shown stays the same as long as its cause does.
func (p *pass) saw(err error, s step) error {
	p.failed, p.step = err, s
	return aws.Clean(err)
}

// An external notes what the kind's client did, from which the time of the next reconcile follows, and tells of what changed.
type external[T resource.ModernManaged] struct {
	managed.TypedExternalClient[T]

	kind   Kind[T]
	pass   *pass
	record event.Recorder

	// diff is what Observe found to differ.
	diff string
}

func (e *external[T]) Observe(ctx context.Context, mg T) (managed.ExternalObservation, error) {
	if meta.WasDeleted(mg) {
		o, err := e.TypedExternalClient.Observe(ctx, mg)
		return o, e.pass.saw(err, looked)
	}
	former, made := meta.GetExternalName(mg), !meta.GetExternalCreateSucceeded(mg).IsZero()
	news := e.remember(mg)
	o, err := e.TypedExternalClient.Observe(ctx, mg)
	if err != nil {
		return o, e.pass.saw(err, looked)
	}
	e.diff, e.pass.absent = o.Diff, !o.ResourceExists
	switch {
	case !o.ResourceExists && (former != "" || made):
		e.diff = cmp.Or(o.Diff, cmp.Or(former, "it")+" was gone, and was made anew")
	case !o.ResourceExists:
		e.diff = ""
	case o.ResourceExists && o.ResourceUpToDate:
		news = e.forget(mg) || news
	}
	o.ResourceLateInitialized = o.ResourceLateInitialized || news
	if ev, ok := foreign.News(e.pass.stored, mg); ok {
		e.record.Event(mg, ev)
	}
	return o, e.pass.saw(nil, looked)
}

// remember the tags of the spec before they are set, and forget those that it had once they are gone.
func (e *external[T]) remember(mg T) bool {
	return e.kind.Tags != nil && tag.Remember(mg, e.kind.Tags(mg))
}

func (e *external[T]) forget(mg T) bool { return e.kind.Tags != nil && tag.Forget(mg, e.kind.Tags(mg)) }

func (e *external[T]) Create(ctx context.Context, mg T) (managed.ExternalCreation, error) {
	o, err := e.TypedExternalClient.Create(ctx, mg)
	e.tell(mg, err)
	return o, e.pass.saw(err, created)
}

func (e *external[T]) Update(ctx context.Context, mg T) (managed.ExternalUpdate, error) {
	o, err := e.TypedExternalClient.Update(ctx, mg)
	e.tell(mg, err)
	return o, e.pass.saw(err, updated)
}

// tell what has changed in AWS, if it has.
func (e *external[T]) tell(mg T, err error) {
	if err == nil && e.diff != "" {
		e.record.Event(mg, event.Normal(reasonChanged, "Changed in AWS: "+e.diff))
	}
}

func (e *external[T]) Delete(ctx context.Context, mg T) (managed.ExternalDelete, error) {
	o, err := e.TypedExternalClient.Delete(ctx, mg)
	return o, e.pass.saw(err, deleted)
}
