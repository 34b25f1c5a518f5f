package view

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/forecast"
)

// The ways in which an object changes. A rule that only gets another priority is moved.
const (
	Created = "created"
	Changed = "changed"
	Moved   = "moved"
	Removed = "removed"
)

// A Change is what becomes of an object.
type Change struct {
	Change string `json:"change"`

	// Object is "Kind name".
	Object string `json:"object"`

	// About says what the object is, and From which rule of a route it serves.
	About string     `json:"about,omitempty"`
	From  *RouteRule `json:"from,omitempty"`

	// Fields that change, of spec.forProvider or of conditions.
	Fields []FieldChange `json:"fields,omitempty"`
}

// A FieldChange is the old and the new value of a field, as JSON; empty where there is none.
type FieldChange struct {
	Field string `json:"field"`
	Was   string `json:"was,omitempty"`
	Is    string `json:"is,omitempty"`
}

// A Diff is how a Gateway's load balancer and the statuses of its objects would change.
type Diff struct {
	Gateway string   `json:"gateway"`
	Changes []Change `json:"changes"`

	// Missing says what must exist before anything can be made.
	Missing string `json:"missing,omitempty"`
}

// DiffOf what is stored now and what a Gateway comes to.
func DiffOf(in translate.Input, f forecast.Forecast, at Place) Diff {
	d := Diff{Gateway: in.Gateway.Namespace + "/" + in.Gateway.Name, Changes: []Change{}}
	was := byName(in.Observed)
	is := byName(f.Observed)
	for _, name := range slices.Sorted(maps.Keys(is)) {
		c := Change{Change: Created, Object: name, About: about(is[name])}
		if old, there := was[name]; there {
			c.Fields = fieldChanges("", parameters(old), parameters(is[name]))
			c.Change = Changed
			if len(c.Fields) == 1 && c.Fields[0].Field == "priority" {
				c.Change = Moved
			}
			if len(c.Fields) == 0 {
				continue
			}
		}
		c.From = fromOf(is[name], at)
		d.Changes = append(d.Changes, c)
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if is[name] == nil {
			d.Changes = append(d.Changes, Change{Change: Removed, Object: name, About: about(was[name]), From: fromOf(was[name], at)})
		}
	}
	d.Changes = append(d.Changes, statusChanges(in, f, at)...)
	return d
}

func byName(o translate.Observed) map[string]translate.Object {
	out := map[string]translate.Object{}
	for object := range forecast.Objects(o) {
		if object.GetDeletionTimestamp() == nil {
			out[reflect.TypeOf(object).Elem().Name()+" "+object.GetName()] = object
		}
	}
	return out
}

func about(o translate.Object) string {
	if r, ok := o.(*albv1alpha1.ListenerRule); ok {
		return ruleOf(r, Nowhere).line()
	}
	return ""
}

func fromOf(o translate.Object, at Place) *RouteRule {
	if r, ok := o.(*albv1alpha1.ListenerRule); ok {
		return placed(r, at)
	}
	return nil
}

func parameters(o translate.Object) any {
	b, err := json.Marshal(forecast.Parameters(o))
	if err != nil {
		return nil // cannot be: only plain structs are given
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		return nil // cannot be: it was just written
	}
	return out
}

// fieldChanges goes down maps; lists are compared whole.
func fieldChanges(path string, was, is any) []FieldChange {
	if equality.Semantic.DeepEqual(was, is) {
		return nil
	}
	a, ok := was.(map[string]any)
	b, both := is.(map[string]any)
	if !ok || !both {
		return []FieldChange{{strings.TrimPrefix(path, "."), text(was), text(is)}}
	}
	keys := maps.Clone(a)
	maps.Copy(keys, b)
	var out []FieldChange
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		out = append(out, fieldChanges(path+"."+k, a[k], b[k])...)
	}
	return out
}

func text(v any) string {
	if v == nil {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error() // cannot be: it came from JSON
	}
	return string(b)
}

// statusChanges are conditions of objects that have a status already and would get another, and bad ones that would be new.
func statusChanges(in translate.Input, f forecast.Forecast, at Place) []Change {
	stored := translate.Output{Gateway: in.Gateway.Status}
	for _, r := range f.Output.Routes {
		stored.Routes = append(stored.Routes, translate.RouteStatus{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name, Parents: storedParents(in, r)})
	}
	was := map[string]map[string]Condition{}
	for _, s := range statusesOf(in.Gateway, stored, at) {
		was[s.Object] = map[string]Condition{}
		for _, c := range s.Conditions {
			was[s.Object][c.Type] = c
		}
	}
	var out []Change
	for _, s := range statusesOf(in.Gateway, f.Output, at) {
		if fields := conditionChanges(was[s.Object], s.Conditions); len(fields) > 0 {
			out = append(out, Change{Change: Changed, Object: s.Object, Fields: fields})
		}
	}
	return out
}

// conditionChanges of one object. was is by condition type.
func conditionChanges(was map[string]Condition, is []Condition) []FieldChange {
	var out []FieldChange
	for _, now := range is {
		old, there := was[now.Type]
		unsaid := !there || old.Status == string(metav1.ConditionUnknown) // as with a new Gateway, by the defaults of its CRD
		if there && old.Status == now.Status && old.Reason == now.Reason || unsaid && now.fine() {
			continue
		}
		field := FieldChange{Field: "condition " + now.Type, Is: fmt.Sprintf("%s %s: %s", now.Status, now.Reason, now.Message)}
		if there {
			field.Was = old.Status + " " + old.Reason
		}
		out = append(out, field)
	}
	return out
}

// storedParents of a route of any kind that the input holds.
func storedParents(in translate.Input, r translate.RouteStatus) []gatewayv1.RouteParentStatus {
	lists := reflect.ValueOf(in)
	for i := range lists.NumField() {
		list := lists.Field(i)
		if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Pointer || list.Type().Elem().Elem().Name() != r.Kind {
			continue
		}
		for j := range list.Len() {
			o, ok := list.Index(j).Interface().(translate.Object)
			if !ok || o.GetNamespace() != r.Namespace || o.GetName() != r.Name {
				continue
			}
			parents, ok := list.Index(j).Elem().FieldByName("Status").FieldByName("Parents").Interface().([]gatewayv1.RouteParentStatus)
			if ok {
				return slices.DeleteFunc(slices.Clone(parents), func(p gatewayv1.RouteParentStatus) bool { return p.ControllerName != translate.ControllerName })
			}
		}
	}
	return nil
}

var marks = map[string]string{Created: "+", Changed: "~", Moved: ">", Removed: "-"}

// Text of the diff, for a terminal.
func (d Diff) Text() string {
	count := map[string]int{}
	for _, c := range d.Changes {
		count[c.Change]++
	}
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s: %d created, %d changed, %d moved, %d removed\n", bold.Render("Gateway "+plain(d.Gateway)),
		count[Created], count[Changed], count[Moved], count[Removed])
	if d.Missing != "" {
		b.WriteString("  " + bad.Render("nothing can be made: "+plain(d.Missing)) + "\n")
	}
	style := map[string]func(...string) string{Created: good.Render, Changed: some.Render, Moved: some.Render, Removed: bad.Render}
	for _, c := range d.Changes {
		line := "  " + style[c.Change](marks[c.Change]+" "+plain(c.Object))
		if c.About != "" {
			line += "  " + plain(c.About)
		}
		if c.From != nil {
			line += "  " + dim.Render(plain(c.From.String()))
		}
		b.WriteString(line + "\n")
		for _, f := range c.Fields {
			fmt.Fprintf(b, "      %s: %s -> %s\n", plain(f.Field), plain(cmp.Or(f.Was, "(none)")), plain(cmp.Or(f.Is, "(none)")))
		}
	}
	return b.String()
}
