package component

import (
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"          // the programs offer JSON logs
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // and metrics of their clients
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/controlplane"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/process"
)

const kubectl = "kubectl"

// Run is the whole process when args (os.Args) name a component; ok says whether they do.
func Run(args []string) (code int, ok bool) {
	if err := announceVersion(); err != nil {
		return complain(err), true
	}
	if filepath.Base(args[0]) == kubectl {
		return runKubectl(args[1:]), true
	}
	if len(args) < 2 {
		return 0, false
	}
	rest := args[2:]
	switch args[1] {
	case kubectl:
		return runKubectl(rest), true
	case controlplane.Etcd:
		process.WatchParent()
		return runEtcd(rest), true
	case controlplane.APIServer:
		process.WatchParent()
		cmd := apiserver.NewAPIServerCommand()
		cmd.SetArgs(rest)
		return cli.Run(cmd), true
	case controlplane.ControllerManager:
		process.WatchParent()
		cmd := controllermanager.NewControllerManagerCommand()
		cmd.SetArgs(rest)
		return cli.Run(cmd), true
	}
	return 0, false
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
