package kubelet

import (
	"errors"
	"io/fs"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// newVolumes has a Secret `tls` and a ConfigMap `settings` in namespace shop.
func newVolumes(t *testing.T) volumes {
	t.Helper()
	index := func(objs ...any) cache.Indexer {
		i := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
		for _, o := range objs {
			if err := i.Add(o); err != nil {
				t.Fatal(err)
			}
		}
		return i
	}
	return volumes{
		secrets: corelisters.NewSecretLister(index(&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "tls"},
			Data:       map[string][]byte{"tls.crt": []byte("certificate"), "tls.key": []byte("key")},
		})),
		configMaps: corelisters.NewConfigMapLister(index(&corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "settings"},
			Data:       map[string]string{"COLOR": "red", "SIZE": "XL"},
			BinaryData: map[string][]byte{"blob": {0xff}},
		})),
	}
}

func secretVolume(s corev1.SecretVolumeSource) corev1.Volume {
	return corev1.Volume{Name: "v", VolumeSource: corev1.VolumeSource{Secret: &s}}
}

func TestFiles(t *testing.T) {
	type args struct {
		volume corev1.Volume
		mount  corev1.VolumeMount
		path   string
	}
	type want struct {
		data    string
		missing string // the pod waits for this
		noFile  bool   // the container would not see the file
	}
	mount := corev1.VolumeMount{Name: "v", MountPath: "/etc/v"}
	items := []corev1.KeyToPath{{Key: "tls.crt", Path: "pki/crt"}}
	cases := map[string]struct {
		reason string
		args   args
		want   want
	}{
		"Secret": {
			reason: "a key is a file",
			args:   args{secretVolume(corev1.SecretVolumeSource{SecretName: "tls"}), mount, "/etc/v/tls.crt"},
			want:   want{data: "certificate"},
		},
		"Items": {
			reason: "items give a key another path",
			args:   args{secretVolume(corev1.SecretVolumeSource{SecretName: "tls", Items: items}), mount, "/etc/v/pki/crt"},
			want:   want{data: "certificate"},
		},
		"ItemsOnly": {
			reason: "with items other keys are no files",
			args:   args{secretVolume(corev1.SecretVolumeSource{SecretName: "tls", Items: items}), mount, "/etc/v/tls.key"},
			want:   want{noFile: true},
		},
		"SubPathFile": {
			reason: "a sub-path mounts one file",
			args: args{
				secretVolume(corev1.SecretVolumeSource{SecretName: "tls"}),
				corev1.VolumeMount{Name: "v", MountPath: "/etc/crt", SubPath: "tls.crt"},
				"/etc/crt",
			},
			want: want{data: "certificate"},
		},
		"SubPathFolder": {
			reason: "or a folder",
			args: args{
				secretVolume(corev1.SecretVolumeSource{SecretName: "tls", Items: items}),
				corev1.VolumeMount{Name: "v", MountPath: "/etc/v", SubPath: "pki"},
				"/etc/v/crt",
			},
			want: want{data: "certificate"},
		},
		"NotMounted": {
			reason: "a volume that the container does not mount is not seen",
			args:   args{secretVolume(corev1.SecretVolumeSource{SecretName: "tls"}), corev1.VolumeMount{Name: "w", MountPath: "/etc/v"}, "/etc/v/tls.crt"},
			want:   want{noFile: true},
		},
		"MissingSecret": {
			reason: "a pod waits for its Secrets",
			args:   args{secretVolume(corev1.SecretVolumeSource{SecretName: "none"}), mount, ""},
			want:   want{missing: `Secret "none" does not exist`},
		},
		"MissingKey": {
			reason: "and for the keys that it names",
			args:   args{secretVolume(corev1.SecretVolumeSource{SecretName: "tls", Items: []corev1.KeyToPath{{Key: "ca.crt", Path: "ca"}}}), mount, ""},
			want:   want{missing: `key "ca.crt" of Secret "tls" does not exist`},
		},
		"Optional": {
			reason: "but not for optional ones",
			args:   args{secretVolume(corev1.SecretVolumeSource{SecretName: "none", Optional: new(true)}), mount, "/etc/v/tls.crt"},
			want:   want{noFile: true},
		},
		"ConfigMap": {
			reason: "binary data are files too",
			args: args{corev1.Volume{Name: "v", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
				LocalObjectReference: corev1.LocalObjectReference{Name: "settings"},
			}}}, mount, "/etc/v/blob"},
			want: want{data: "\xff"},
		},
		"Projected": {
			reason: "a projected volume joins its sources; a ServiceAccount's token is not among them",
			args: args{corev1.Volume{Name: "v", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}},
				{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}},
				{Secret: &corev1.SecretProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "tls"}}},
			}}}}, mount, "/etc/v/tls.key"},
			want: want{data: "key"},
		},
		"ProjectedMissing": {
			reason: "each source of a projected volume is waited for",
			args: args{corev1.Volume{Name: "v", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"}}},
			}}}}, mount, ""},
			want: want{missing: `ConfigMap "kube-root-ca.crt" does not exist`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop"}, Spec: corev1.PodSpec{Volumes: []corev1.Volume{tc.args.volume}}}
			var got want
			files, err := newVolumes(t).files(pod)
			if missing := (missingError{}); errors.As(err, &missing) {
				got.missing = missing.Error()
			} else if err != nil {
				t.Fatal(err)
			}
			if err == nil {
				data, err := files.reader(corev1.Container{VolumeMounts: []corev1.VolumeMount{tc.args.mount}})(tc.args.path)
				got.data, got.noFile = string(data), errors.Is(err, fs.ErrNotExist)
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\nfiles(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	type want struct {
		env     map[string]string
		missing string
	}
	fieldRef := func(name, path string) corev1.EnvVar {
		return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}}
	}
	settings := corev1.LocalObjectReference{Name: "settings"}
	cases := map[string]struct {
		reason string
		args   corev1.Container
		want   want
	}{
		"Fields": {
			reason: "fields of the pod, as the conformance suite's manifests use them",
			args: corev1.Container{Env: []corev1.EnvVar{
				fieldRef("POD_NAME", "metadata.name"), fieldRef("NAMESPACE", "metadata.namespace"), fieldRef("APP", "metadata.labels['app']"),
				fieldRef("IP", "status.podIP"), fieldRef("HOST", "status.hostIP"), fieldRef("NODE", "spec.nodeName"), fieldRef("SA", "spec.serviceAccountName"),
			}},
			want: want{env: map[string]string{
				"POD_NAME": "echo-1", "NAMESPACE": "shop", "APP": "echo", "IP": "10.64.16.4", "HOST": "10.64.0.11", "NODE": "node-a", "SA": "default",
			}},
		},
		"Expansion": {
			reason: "$(NAME) is replaced by what was defined before, and stays when there is none",
			args: corev1.Container{Env: []corev1.EnvVar{
				{Name: "A", Value: "1"}, {Name: "B", Value: "$(A)2"}, {Name: "C", Value: "$(D)"}, {Name: "D", Value: "$$(A)"},
			}},
			want: want{env: map[string]string{"A": "1", "B": "12", "C": "$(D)", "D": "$(A)"}},
		},
		"From": {
			reason: "envFrom comes first, env overrides it",
			args: corev1.Container{
				EnvFrom: []corev1.EnvFromSource{{Prefix: "P_", ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: settings}}},
				Env:     []corev1.EnvVar{{Name: "P_COLOR", Value: "blue"}},
			},
			want: want{env: map[string]string{"P_COLOR": "blue", "P_SIZE": "XL", "P_blob": "\xff"}},
		},
		"Keys": {
			reason: "single keys of Secrets and ConfigMaps",
			args: corev1.Container{Env: []corev1.EnvVar{
				{Name: "KEY", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "tls"}, Key: "tls.key"}}},
				{Name: "SIZE", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: settings, Key: "SIZE"}}},
			}},
			want: want{env: map[string]string{"KEY": "key", "SIZE": "XL"}},
		},
		"MissingKey": {
			reason: "a container waits for what its environment names",
			args: corev1.Container{Name: "c", Env: []corev1.EnvVar{
				{Name: "X", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: settings, Key: "NONE"}}},
			}},
			want: want{missing: `key "NONE" of ConfigMap "settings" does not exist`},
		},
		"MissingFrom": {
			reason: "and for what it takes whole",
			args: corev1.Container{EnvFrom: []corev1.EnvFromSource{
				{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "none"}}},
			}},
			want: want{missing: `Secret "none" does not exist`},
		},
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "echo-1", Labels: map[string]string{"app": "echo"}},
		Spec:       corev1.PodSpec{NodeName: "node-a", ServiceAccountName: "default"},
	}
	box := &sandbox{ip: netip.MustParseAddr("10.64.16.4"), hostIP: "10.64.0.11"}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got want
			env, err := newVolumes(t).environment(pod, tc.args, box)
			if missing := (missingError{}); errors.As(err, &missing) {
				got.missing = missing.Error()
			} else if err != nil {
				t.Fatal(err)
			}
			got.env = env
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\nenvironment(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
