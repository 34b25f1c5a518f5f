package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// annotationApplied is a digest of what was last applied. Who has it has dropped what a later translation no longer wants,
// which a look at the wanted fields alone could not tell.
const annotationApplied = "alb.gateway.crossplane.io/applied"

// desire encodes what to apply: the object without what others write, and with a digest of itself.
func desire(o runtime.Object) (map[string]any, error) {
	out, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		return nil, err
	}
	delete(out, "status")
	unstructured.RemoveNestedField(out, "metadata", "creationTimestamp")
	data, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(data)
	err = unstructured.SetNestedField(out, hex.EncodeToString(digest[:8]), "metadata", "annotations", annotationApplied)
	return out, err
}

// holds says whether a stored object has everything that is desired of it.
func holds(stored runtime.Object, desired map[string]any) (bool, error) {
	have, err := runtime.DefaultUnstructuredConverter.ToUnstructured(stored)
	if err != nil {
		return false, err
	}
	want := maps.Clone(desired)
	delete(want, "apiVersion") // An object from the cache has no type.
	delete(want, "kind")
	return contains(have, want), nil
}

// contains says whether have holds all of want. Lists are equal in length and order, but for lists of keyed entries
// (listType=map), to which others may have added.
func contains(have, want any) bool {
	switch w := want.(type) {
	case map[string]any:
		h, ok := have.(map[string]any)
		return ok && containsFields(h, w)
	case []any:
		h, ok := have.([]any)
		return ok && (containsItems(h, w) || containsKeyed(h, w))
	default:
		return have == want
	}
}

func containsFields(have, want map[string]any) bool {
	for k, w := range want {
		h, ok := have[k]
		if !ok || !contains(h, w) {
			return false
		}
	}
	return true
}

func containsItems(have, want []any) bool {
	if len(have) != len(want) {
		return false
	}
	for i := range want {
		if !contains(have[i], want[i]) {
			return false
		}
	}
	return true
}

func containsKeyed(have, want []any) bool {
	byKey := map[string]any{}
	for _, h := range have {
		if k, ok := keyOf(h); ok {
			byKey[k] = h
		}
	}
	for _, w := range want {
		k, ok := keyOf(w)
		if !ok || !contains(byKey[k], w) {
			return false
		}
	}
	return true
}

// keyOf an entry of a keyed list: attributes have a key, owner references a uid.
func keyOf(item any) (string, bool) {
	fields, ok := item.(map[string]any)
	if !ok {
		return "", false
	}
	for _, name := range []string{"key", "uid"} {
		if k, ok := fields[name].(string); ok {
			return k, true
		}
	}
	return "", false
}
