package drive

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

func TestRetries(t *testing.T) {
	slow := userRetry + spread(key.String(), userRetry/10)
	soon := configRetry + spread(key.String(), configRetry/10)
	type want struct {
		first, second reconcile.Result
		synced        string
	}
	cases := map[string]struct {
		reason string
		call   string
		err    error
		want   want
	}{
		"Refused": {
			reason: "a user has to act; the object's next change wakes it at once",
			call:   "create",
			err:    aws.Refuse("choose another name"),
			want:   want{reconcile.Result{RequeueAfter: slow}, reconcile.Result{RequeueAfter: slow}, "create failed: choose another name"},
		},
		"Unconfigured": {
			reason: "a ProviderConfig that is not usable is looked at again soon: its Secret is not watched",
			call:   "connect",
			err:    &aws.ConfigError{Object: `ClusterProviderConfig "default"`, Field: "spec.region", Message: "is missing"},
			want: want{
				reconcile.Result{RequeueAfter: soon},
				reconcile.Result{RequeueAfter: soon},
				`connect failed: ClusterProviderConfig "default": spec.region is missing`,
			},
		},
		"Transient": {
			reason: "the controller's backoff is for what passes by itself",
			call:   "observe",
			err:    errors.New("AWS did not answer in time"),
			want:   want{backoff, backoff, "observe failed: AWS did not answer in time"},
		},
		"Gone": {
			reason: "what is missing may just not be shown yet",
			call:   "update",
			err:    aws.ErrNotFound,
			want:   want{backoff, backoff, "update failed: does not exist in AWS"},
		},
		"Cleaned": {
			reason: "request ids would make the condition change at each try",
			call:   "observe",
			err:    errors.New("AWS answered InternalFailure, RequestID: 4e2b0e64-1f5c-4b5e-9b52-1f3a3cf1d2aa"),
			want:   want{backoff, backoff, "observe failed: AWS answered InternalFailure"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, group())
			w.exists = tc.call != "create"
			w.errs[tc.call] = tc.err
			got := want{first: w.reconcile(), second: w.reconcile()}
			got.synced = w.stored().GetCondition(xpv2.TypeSynced).Message
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\nReconcile(...): -want, +got:\n%s", tc.reason, diff)
			}
			w.seen()
			w.reconcile()
			if _, writes := w.seen(); writes["status"] > 0 {
				t.Errorf("\nthe same error is the same status\nwrites: %v", writes)
			}
		})
	}
}

func TestConflictsAreSilent(t *testing.T) {
	w := newWorld(t, group())
	w.exists, w.isAsDesired = true, true
	conflict := kerrors.NewConflict(schema.GroupResource{Resource: "securitygroups"}, "web", errors.New("modified"))
	w.errs["observe"] = conflict
	r, err := w.engine.Reconcile(t.Context(), reconcile.Request{NamespacedName: key})
	if err != nil || len(w.stored().Status.Conditions) > 0 {
		t.Errorf("\nsomebody else was faster: no error, no condition\nReconcile(...): %+v, %v, %v", r, err, w.stored().Status.Conditions)
	}
}
