package oidc

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
)

// The keys of a Secret with a client. clientId is the older spelling of AWS Load Balancer Controller.
const (
	KeyID     = "clientID"
	KeySecret = "clientSecret"

	keyOldID = "clientId"
)

// A Client is known to an identity provider.
type Client struct {
	ID string

	secret string
}

// Secret of the client. It goes to AWS and nowhere else: not into a status, message or log.
func (c Client) Secret() string { return c.secret }

// String leaves the secret out, and so do the verbs of package fmt.
func (c Client) String() string { return c.ID }

// GoString leaves the secret out.
func (c Client) GoString() string { return c.ID }

// Parse a Secret.
func Parse(s *corev1.Secret) (Client, error) {
	id := s.Data[KeyID]
	if len(id) == 0 {
		id = s.Data[keyOldID]
	}
	if len(id) == 0 || len(s.Data[KeySecret]) == 0 {
		return Client{}, errors.Errorf("must have the keys %s and %s", KeyID, KeySecret)
	}
	return Client{ID: string(id), secret: string(s.Data[KeySecret])}, nil
}
