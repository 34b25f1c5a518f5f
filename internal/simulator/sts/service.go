package sts

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A Service knows the account.
type Service struct{ account string }

// New makes the service of an account, by default 123456789012.
func New(accountID string) *Service { return &Service{cmp.Or(accountID, "123456789012")} }

// Wire is how the service is addressed.
func (s *Service) Wire() *wire.Service {
	return &wire.Service{
		Name: "sts", SigningName: "sts", Protocol: wire.Query, Version: "2011-06-15",
		Namespace: "https://sts.amazonaws.com/doc/2011-06-15/", IgnoreUnknown: true,
		Operations: map[string]wire.Operation{"GetCallerIdentity": wire.Handle(s.getCallerIdentity)},
	}
}

type none struct{}

type identity struct{ Account, Arn, UserId string }

// getCallerIdentity takes each access key for a user of that name.
func (s *Service) getCallerIdentity(ctx context.Context, _ *none) (*identity, error) {
	user := wire.Caller(ctx)
	sum := sha256.Sum256([]byte(user))
	return &identity{
		Account: s.account, Arn: fmt.Sprintf("arn:aws:iam::%s:user/%s", s.account, user),
		UserId: "AIDA" + base32.StdEncoding.EncodeToString(sum[:])[:17],
	}, nil
}
