package kubelet

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	corelisters "k8s.io/client-go/listers/core/v1"
)

// missingError names an object, or a key of it, that a pod cannot start without.
type missingError struct {
	what string
}

func (e missingError) Error() string {
	return e.what + " does not exist"
}

// volumes reads what pods mount and put into their environment.
type volumes struct {
	secrets    corelisters.SecretLister
	configMaps corelisters.ConfigMapLister
}

// files are the contents of a pod's volumes, by name of the volume and path in it.
type files map[string]map[string][]byte

// reader reads files as container c sees them.
func (f files) reader(c corev1.Container) func(string) ([]byte, error) {
	seen := map[string][]byte{}
	for _, m := range c.VolumeMounts {
		for name, data := range f[m.Name] {
			rel, ok := name, true
			if m.SubPath != "" {
				rel, ok = strings.CutPrefix(name+"/", path.Clean(m.SubPath)+"/")
			}
			if ok {
				seen[path.Join(m.MountPath, rel)] = data
			}
		}
	}
	return func(name string) ([]byte, error) {
		data, ok := seen[path.Clean(name)]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return data, nil
	}
}

// files returns the contents of Secret, ConfigMap and projected volumes; other volumes are empty. The error is a missingError when the pod has to wait.
func (v volumes) files(pod *corev1.Pod) (files, error) {
	out := files{}
	for _, volume := range pod.Spec.Volumes {
		content := map[string][]byte{}
		for _, s := range sources(volume) {
			data, err := v.read(pod.Namespace, s)
			if err != nil {
				return nil, err
			}
			picked, err := s.pick(data)
			if err != nil {
				return nil, err
			}
			maps.Copy(content, picked)
		}
		out[volume.Name] = content
	}
	return out, nil
}

// source is a Secret or a ConfigMap, and what is used of it.
type source struct {
	kind, name string
	items      []corev1.KeyToPath
	optional   bool
}

func sources(v corev1.Volume) []source {
	switch {
	case v.Secret != nil:
		return []source{{"Secret", v.Secret.SecretName, v.Secret.Items, isTrue(v.Secret.Optional)}}
	case v.ConfigMap != nil:
		return []source{{"ConfigMap", v.ConfigMap.Name, v.ConfigMap.Items, isTrue(v.ConfigMap.Optional)}}
	case v.Projected == nil:
		return nil
	}
	var out []source
	for _, p := range v.Projected.Sources {
		if p.Secret != nil {
			out = append(out, source{"Secret", p.Secret.Name, p.Secret.Items, isTrue(p.Secret.Optional)})
		}
		if p.ConfigMap != nil {
			out = append(out, source{"ConfigMap", p.ConfigMap.Name, p.ConfigMap.Items, isTrue(p.ConfigMap.Optional)})
		}
	}
	return out
}

// pick applies the paths that a volume gives to keys.
func (s source) pick(data map[string][]byte) (map[string][]byte, error) {
	if len(s.items) == 0 {
		return data, nil
	}
	out := map[string][]byte{}
	for _, item := range s.items {
		value, ok := data[item.Key]
		if !ok && !s.optional {
			return nil, missingError{fmt.Sprintf("key %q of %s %q", item.Key, s.kind, s.name)}
		}
		if ok {
			out[path.Clean(item.Path)] = value
		}
	}
	return out, nil
}

// read returns the data of a source; that of an optional one which does not exist is empty.
func (v volumes) read(namespace string, s source) (map[string][]byte, error) {
	data, err := v.data(namespace, s)
	if !apierrors.IsNotFound(err) {
		return data, err
	}
	if s.optional {
		return nil, nil
	}
	return nil, missingError{fmt.Sprintf("%s %q", s.kind, s.name)}
}

func (v volumes) data(namespace string, s source) (map[string][]byte, error) {
	if s.kind == "Secret" {
		secret, err := v.secrets.Secrets(namespace).Get(s.name)
		if err != nil {
			return nil, err
		}
		return secret.Data, nil
	}
	configMap, err := v.configMaps.ConfigMaps(namespace).Get(s.name)
	if err != nil {
		return nil, err
	}
	data := maps.Clone(configMap.BinaryData)
	if data == nil {
		data = map[string][]byte{}
	}
	for key, value := range configMap.Data {
		data[key] = []byte(value)
	}
	return data, nil
}

func isTrue(b *bool) bool {
	return b != nil && *b
}
