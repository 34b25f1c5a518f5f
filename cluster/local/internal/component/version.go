package component

import (
	"runtime/debug"
	_ "unsafe" // for go:linkname

	"k8s.io/component-base/version"
)

// kubernetes is the module whose version the components announce.
const kubernetes = "k8s.io/kubernetes"

// gitVersion is what Kubernetes' release build sets by the linker's -X. It is reached by name so that a plain `go build` or `go test` announces its version
// too: without one, clients cannot parse the server's version, and kubectl refuses to compare it with its own.
//
//go:linkname gitVersion k8s.io/component-base/version.gitVersion
var gitVersion string

// announceVersion takes the version from the module that this program was built with.
func announceVersion() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	for _, m := range info.Deps {
		if m.Path == kubernetes {
			gitVersion = m.Version
			return version.SetDynamicVersion(m.Version)
		}
	}
	return nil
}
