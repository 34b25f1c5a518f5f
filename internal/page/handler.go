package page

import (
	"bytes"
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/view"
)

// patience is how long objects are waited for: a cache may be filling.
const patience = 5 * time.Second

var templates = template.Must(template.New("page").Funcs(template.FuncMap{"state": stateOf, "id": idOf, "path": pathOf}).ParseFS(assets, "assets/*.html"))

// The templates that answer a request: the whole page, or the part of it that changes.
const (
	whole    = "whole"
	fragment = "fragment"
)

// A screen is what the templates show. What there is none of is left out.
type screen struct {
	Title    string
	Fragment string // where the part that changes is read
	Problem  string
	Gateways []view.Node
	Topology *view.Topology
	Graph    *graph
	Ask      *question
}

// errNone is the problem of who asks for a Gateway that is not there.
var errNone = errors.New("there is no such Gateway of ours: it was deleted, or another controller serves its class")

func (s *Server) list(part string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		out := screen{Title: "Gateways", Fragment: "/fragment/"}
		status := s.fill(r.Context(), &out, func(ctx context.Context, kube client.Reader) error {
			gateways, err := served(ctx, kube)
			for _, gw := range gateways {
				out.Gateways = append(out.Gateways, view.NodeOf("Gateway", &gw))
			}
			return err
		})
		out.write(w, part, status)
	}
}

func (s *Server) gateway(part string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key := types.NamespacedName{Namespace: r.PathValue("namespace"), Name: r.PathValue("name")}
		out := screen{Title: "Gateway " + key.String(), Ask: asked(r.URL.Query())}
		out.Fragment = "/fragment" + r.URL.EscapedPath()
		if out.Ask.Asked {
			out.Fragment += "?" + r.URL.RawQuery
		}
		status := s.fill(r.Context(), &out, func(ctx context.Context, kube client.Reader) error {
			gateways, err := served(ctx, kube)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(gateways, func(gw gatewayv1.Gateway) bool { return client.ObjectKeyFromObject(&gw) == key })
			if i < 0 {
				return errNone
			}
			observed, err := gateway.Observed(ctx, kube, &gateways[i])
			if err != nil {
				return err
			}
			topology := view.TopologyOf(&gateways[i], observed)
			out.Ask.of(view.NewTracer(key.String(), observed, view.Nowhere))
			out.Topology, out.Graph = &topology, draw(topology, out.Ask.Trace)
			return nil
		})
		out.write(w, part, status)
	}
}

// served are the Gateways that this provider serves.
func served(ctx context.Context, kube client.Reader) ([]gatewayv1.Gateway, error) {
	classes, gateways := &gatewayv1.GatewayClassList{}, &gatewayv1.GatewayList{}
	if err := kube.List(ctx, classes); err != nil {
		return nil, errors.Wrap(err, "cannot list GatewayClasses")
	}
	if err := kube.List(ctx, gateways); err != nil {
		return nil, errors.Wrap(err, "cannot list Gateways")
	}
	ours := map[gatewayv1.ObjectName]bool{}
	for _, c := range classes.Items {
		ours[gatewayv1.ObjectName(c.Name)] = c.Spec.ControllerName == translate.ControllerName
	}
	out := slices.DeleteFunc(gateways.Items, func(gw gatewayv1.Gateway) bool { return !ours[gw.Spec.GatewayClassName] })
	slices.SortFunc(out, func(a, b gatewayv1.Gateway) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// fill a screen from the objects, or with the problem that keeps it empty. It returns the status of the answer.
func (s *Server) fill(ctx context.Context, out *screen, from func(context.Context, client.Reader) error) int {
	src := s.source.Load()
	if src.kube == nil {
		out.Problem = "The controllers wait: " + src.lack
		return http.StatusServiceUnavailable
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := from(ctx, src.kube)
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errNone):
		out.Problem = err.Error()
		return http.StatusNotFound
	case kerrors.IsTimeout(err), errors.Is(err, context.DeadlineExceeded):
		out.Problem = "The objects of the cluster have not been read yet"
	default:
		out.Problem = err.Error()
	}
	return http.StatusServiceUnavailable
}

// write the screen, as a whole or its fragment.
func (o *screen) write(w http.ResponseWriter, part string, status int) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, part, o); err != nil {
		http.Error(w, "cannot show this: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store") // it changes, and is nobody else's
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // who asked may have gone
}

// A state is how an object is shown: by a colour, a mark and a word, as not everybody sees colours.
type state struct{ Class, Mark, Word string }

var (
	live    = state{"live", "✓", "live"}
	dead    = state{"dead", "✗", "not live"}
	unknown = state{"unknown", "…", "not known yet"}
)

func stateOf(status string) state {
	switch status {
	case "True":
		return live
	case "False":
		return dead
	default:
		return unknown
	}
}

// idOf an object on the page.
func idOf(n view.Node) string { return strings.ToLower(n.Kind) + "-" + n.Name }

// pathOf a Gateway's page.
func pathOf(n view.Node) string {
	return "/gateways/" + url.PathEscape(n.Namespace) + "/" + url.PathEscape(n.Name)
}
