package component

import (
	"flag"
	"fmt"
	"net/url"

	"go.etcd.io/etcd/server/v3/embed"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/controlplane"
)

// runEtcd serves one member on unix sockets in the working folder. Nothing is synced to disk: the data of a local cluster does not outlive it.
func runEtcd(args []string) int {
	flags := flag.NewFlagSet(controlplane.Etcd, flag.ContinueOnError)
	data := flags.String("data-dir", "", "folder of the data")
	if err := flags.Parse(args); err != nil {
		return complain(err)
	}

	etcd, err := embed.StartEtcd(etcdConfig(*data))
	if err != nil {
		return complain(fmt.Errorf("cannot start etcd: %w", err))
	}
	// A signal ends it at once: an orderly end would only save data that nobody will read.
	return complain(fmt.Errorf("etcd stopped serving: %w", <-etcd.Err()))
}

func etcdConfig(data string) *embed.Config {
	client := url.URL{Scheme: "unix", Host: controlplane.EtcdSocket}
	peer := url.URL{Scheme: "unix", Host: "peer.sock"}

	c := embed.NewConfig()
	c.Dir = data
	c.ListenClientUrls, c.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	c.ListenPeerUrls, c.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	c.UnsafeNoFsync = true
	c.SnapshotCount = 2000 // entries kept in memory
	c.LogLevel = "warn"
	c.LogOutputs = []string{"stderr"}
	return c
}
