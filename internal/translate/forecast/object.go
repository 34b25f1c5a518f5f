package forecast

import (
	"iter"
	"reflect"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// Objects are those of every kind, owners before what they own, whatever kinds there come to be.
func Objects(o translate.Observed) iter.Seq[translate.Object] {
	return func(yield func(translate.Object) bool) {
		lists := reflect.ValueOf(o)
		for i := range lists.NumField() {
			for j := range lists.Field(i).Len() {
				if object, ok := lists.Field(i).Index(j).Interface().(translate.Object); ok && !yield(object) {
					return
				}
			}
		}
	}
}

// add an object to the list of its kind, in the order of names. The list is never shared with another Observed.
func add(out *translate.Observed, o translate.Object) {
	lists := reflect.ValueOf(out).Elem()
	for i := range lists.NumField() {
		list := lists.Field(i)
		if list.Type().Elem() != reflect.TypeOf(o) {
			continue
		}
		list.Set(reflect.Append(list, reflect.ValueOf(o)))
		for at := list.Len() - 1; at > 0 && name(list.Index(at)) < name(list.Index(at-1)); at-- {
			reflect.Swapper(list.Interface())(at, at-1)
		}
		return
	}
}

func name(v reflect.Value) string {
	o, ok := v.Interface().(translate.Object)
	if !ok {
		return ""
	}
	return o.GetName()
}
