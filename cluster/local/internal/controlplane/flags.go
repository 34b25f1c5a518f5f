package controlplane

import (
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
)

// The components: the first argument of a child, and the name of its log.
const (
	Etcd              = "etcd"
	APIServer         = "kube-apiserver"
	ControllerManager = "kube-controller-manager"
)

// EtcdSocket is where etcd serves, in the working folder that it shares with its client: the path of a unix socket may have about 100 bytes, so a relative
// one always fits.
const EtcdSocket = "client.sock"

// controllers are those that workloads on this cluster need. Left out are all that look after kubelets, volumes and certificates.
var controllers = []string{
	"namespace-controller",
	"serviceaccount-controller",
	"serviceaccount-token-controller",
	"root-ca-certificate-publisher-controller",
	"deployment-controller",
	"replicaset-controller",
	"endpointslice-controller",
	"garbage-collector-controller",
	"clusterrole-aggregation-controller",
}

// layout names every file of one cluster.
type layout struct {
	dir    string // absolute
	tokens string
	pki    pki
}

func (l layout) kubeconfig() string {
	return filepath.Join(l.dir, "kubeconfig")
}

func (l layout) log(name string) string {
	return filepath.Join(l.dir, "logs", name+".log")
}

// work is the working folder of every child; etcd's sockets are there.
func (l layout) work() string {
	return filepath.Join(l.dir, "etcd")
}

func (l layout) etcd() []string {
	return []string{
		Etcd,
		"--data-dir=" + filepath.Join(l.work(), "data"),
	}
}

// apiServer is what one local apiserver needs. It never talks to a kubelet, so it has no client certificate for one.
func (l layout) apiServer(o Options, port int) []string {
	return []string{
		APIServer,
		"--etcd-servers=unix://" + EtcdSocket,
		"--bind-address=127.0.0.1",
		"--secure-port=" + strconv.Itoa(port),
		"--advertise-address=" + o.AdvertiseAddress.String(), // must not be a loopback address; nobody dials it
		"--endpoint-reconciler-type=none",
		"--tls-cert-file=" + l.pki.cert,
		"--tls-private-key-file=" + l.pki.key,
		"--token-auth-file=" + l.tokens,
		"--authorization-mode=RBAC",
		"--allow-privileged=true",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + l.pki.serviceAccount,
		"--service-account-signing-key-file=" + l.pki.serviceAccount,
		"--service-cluster-ip-range=" + o.ServiceCIDR.String(),
		"--disable-admission-plugins=TaintNodesByCondition", // no node lifecycle controller takes the taint away
		"--enable-priority-and-fairness=false",
		"--profiling=false",
	}
}

func (l layout) controllerManager() []string {
	return []string{
		ControllerManager,
		"--kubeconfig=" + l.kubeconfig(),
		"--controllers=" + strings.Join(controllers, ","),
		"--service-account-private-key-file=" + l.pki.serviceAccount,
		"--root-ca-file=" + l.pki.ca,
		"--leader-elect=false",
		"--secure-port=0",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
		"--concurrent-namespace-syncs=20",
		"--profiling=false",
	}
}

// firstService is the address of the Service `kubernetes`.
func firstService(p netip.Prefix) netip.Addr {
	return p.Masked().Addr().Next()
}
