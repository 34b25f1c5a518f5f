package kubelet

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/fieldpath"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

// environment resolves the variables of a container: envFrom, then env in its order, $(NAME) replaced by what came before.
func (v volumes) environment(pod *corev1.Pod, c corev1.Container, box *sandbox) (map[string]string, error) {
	env := map[string]string{}
	for _, from := range c.EnvFrom {
		data, err := v.read(pod.Namespace, envSource(from))
		if err != nil {
			return nil, err
		}
		for key, value := range data {
			env[from.Prefix+key] = string(value)
		}
	}
	for _, e := range c.Env {
		if e.ValueFrom == nil {
			env[e.Name] = expansion.Expand(e.Value, expansion.MappingFuncFor(env))
			continue
		}
		value, err := v.value(pod, *e.ValueFrom, box)
		if err != nil {
			return nil, fmt.Errorf("variable %q of container %q: %w", e.Name, c.Name, err)
		}
		env[e.Name] = value
	}
	return env, nil
}

func envSource(from corev1.EnvFromSource) source {
	if from.SecretRef != nil {
		return source{kind: "Secret", name: from.SecretRef.Name, optional: isTrue(from.SecretRef.Optional)}
	}
	if from.ConfigMapRef != nil {
		return source{kind: "ConfigMap", name: from.ConfigMapRef.Name, optional: isTrue(from.ConfigMapRef.Optional)}
	}
	return source{optional: true}
}

// value resolves a reference. Resources are not accounted for, so a resourceFieldRef is empty.
func (v volumes) value(pod *corev1.Pod, from corev1.EnvVarSource, box *sandbox) (string, error) {
	switch {
	case from.FieldRef != nil:
		return field(pod, from.FieldRef.FieldPath, box)
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		return v.key(pod.Namespace, source{kind: "Secret", name: ref.Name, optional: isTrue(ref.Optional)}, ref.Key)
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		return v.key(pod.Namespace, source{kind: "ConfigMap", name: ref.Name, optional: isTrue(ref.Optional)}, ref.Key)
	}
	return "", nil
}

func (v volumes) key(namespace string, s source, key string) (string, error) {
	data, err := v.read(namespace, s)
	if err != nil {
		return "", err
	}
	value, ok := data[key]
	if !ok && !s.optional {
		return "", missingError{fmt.Sprintf("key %q of %s %q", key, s.kind, s.name)}
	}
	return string(value), nil
}

func field(pod *corev1.Pod, name string, box *sandbox) (string, error) {
	switch name {
	case "spec.nodeName":
		return pod.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName, nil
	case "status.hostIP", "status.hostIPs":
		return box.hostIP, nil
	case "status.podIP", "status.podIPs":
		return box.ip.String(), nil
	}
	return fieldpath.ExtractFieldPathAsString(pod, name)
}
