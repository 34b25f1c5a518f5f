package tag

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// Remember that the tags of a spec are ours, beside those that it had before. It says whether that is news, which has to be stored
// before the tags are set: what is remembered and is not there does no harm, what is there and forgotten stays for ever.
func Remember(o metav1.Object, spec map[string]string) bool {
	return store(o, slices.Concat(remembered(o), slices.Collect(maps.Keys(spec))))
}

// Forget the tags that the spec does not have any more, once they are gone from AWS. It says whether there were any.
func Forget(o metav1.Object, spec map[string]string) bool {
	return store(o, slices.Collect(maps.Keys(spec)))
}

// store keys, and say whether others were stored.
func store(o metav1.Object, keys []string) bool {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if slices.Equal(keys, remembered(o)) {
		return false
	}
	if len(keys) == 0 {
		meta.RemoveAnnotations(o, v1alpha1.AnnotationTags)
		return true
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return false // texts can be marshalled
	}
	meta.AddAnnotations(o, map[string]string{v1alpha1.AnnotationTags: string(text)})
	return true
}

// remembered keys, in order. An annotation that is not ours to read is as good as none.
func remembered(o metav1.Object) []string {
	var keys []string
	if json.Unmarshal([]byte(o.GetAnnotations()[v1alpha1.AnnotationTags]), &keys) != nil {
		return nil
	}
	return keys
}
