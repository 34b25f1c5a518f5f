package controlplane

import (
	"crypto/rand"
	"fmt"
	"os"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// name is that of the cluster, the context and the user in the kubeconfig.
const name = "localcluster"

// writeAccess makes a token for an administrator, and the kubeconfig that holds it.
func (l layout) writeAccess(port int) error {
	token := rand.Text()
	line := fmt.Sprintf("%s,admin,admin,system:masters\n", token)
	if err := os.WriteFile(l.tokens, []byte(line), 0o600); err != nil {
		return fmt.Errorf("cannot write tokens: %w", err)
	}
	ca, err := os.ReadFile(l.pki.ca)
	if err != nil {
		return fmt.Errorf("cannot read certificate authority: %w", err)
	}

	c := clientcmdapi.NewConfig()
	c.Clusters[name] = &clientcmdapi.Cluster{Server: fmt.Sprintf("https://127.0.0.1:%d", port), CertificateAuthorityData: ca}
	c.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: token}
	c.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name, Namespace: "default"}
	c.CurrentContext = name
	if err := clientcmd.WriteToFile(*c, l.kubeconfig()); err != nil {
		return fmt.Errorf("cannot write kubeconfig: %w", err)
	}
	return nil
}
