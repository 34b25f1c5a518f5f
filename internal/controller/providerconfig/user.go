package providerconfig

import (
	"context"
	"fmt"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// page of a list of managed resources.
const page = 500

// users of a config: how many there are of each kind of user, and one of them.
type users struct {
	count   int64
	kinds   []string
	example string
}

func (u *users) add(kind string, found []string) {
	if u.count == 0 {
		u.example = kind + " " + found[0]
	}
	u.count += int64(len(found))
	u.kinds = append(u.kinds, fmt.Sprintf("%d of kind %s", len(found), kind))
}

// String such as "2 of kind Listener and 7 of kind ListenerRule".
func (u users) String() string {
	last := len(u.kinds) - 1
	if last <= 0 {
		return strings.Join(u.kinds, "")
	}
	return strings.Join(u.kinds[:last], ", ") + " and " + u.kinds[last]
}

// usersOf a config. Whatever a Gateway has in AWS is a managed resource, so that Gateways need not be asked.
func (r *Reconciler) usersOf(ctx context.Context, c config) (users, error) {
	u := users{}
	for _, o := range lookup.Managed() {
		if err := r.managed(ctx, c, o, &u); err != nil {
			return u, err
		}
	}
	return u, nil
}

// managed resources of one kind that refer to the config.
func (r *Reconciler) managed(ctx context.Context, c config, o client.Object, u *users) error {
	gvk, err := apiutil.GVKForObject(o, r.kube.Scheme())
	if err != nil {
		return errors.Wrapf(err, "%T is of no kind that is known", o)
	}
	var found []string
	next := ""
	for more := true; more; more = next != "" {
		l, err := r.list(gvk)
		if err != nil {
			return err
		}
		if err := r.live.List(ctx, l, client.InNamespace(c.GetNamespace()), client.Limit(page), client.Continue(next)); err != nil {
			return errors.Wrapf(err, "cannot list objects of kind %s", gvk.Kind)
		}
		referring, err := r.referring(l, c)
		if err != nil {
			return err
		}
		found, next = append(found, referring...), l.GetContinue()
	}
	if len(found) > 0 {
		u.add(gvk.Kind, found)
	}
	return nil
}

// list of a kind, empty.
func (r *Reconciler) list(gvk schema.GroupVersionKind) (client.ObjectList, error) {
	made, err := r.kube.Scheme().New(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
	if err != nil {
		return nil, errors.Wrapf(err, "cannot make a list of %s", gvk.Kind)
	}
	l, ok := made.(client.ObjectList)
	if !ok {
		return nil, errors.Errorf("%T is not a list", made)
	}
	return l, nil
}

// referring are the objects of a list whose providerConfigRef is the config.
func (r *Reconciler) referring(l client.ObjectList, c config) ([]string, error) {
	var found []string
	err := meta.EachListItem(l, func(o runtime.Object) error {
		mg, ok := o.(resource.ModernManaged)
		if !ok {
			return errors.Errorf("%T is not a managed resource", o)
		}
		if ref := mg.GetProviderConfigReference(); ref != nil && ref.Kind == r.kind && ref.Name == c.GetName() {
			found = append(found, client.ObjectKeyFromObject(mg).String())
		}
		return nil
	})
	return found, errors.Wrap(err, "cannot read a list of managed resources")
}
