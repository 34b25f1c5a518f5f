package sts

import (
	"context"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A Service is STS as one account sees it.
type Service struct {
	account   string
	directory *Directory
	decide    func(accessKey string, r iam.Request) iam.Decision
}

// New makes the service of an account. Decide says what a caller's own policy has to say of a request.
func New(account string, d *Directory, decide func(accessKey string, r iam.Request) iam.Decision) *Service {
	return &Service{account: account, directory: d, decide: decide}
}

// Wire is how the service is addressed.
func (s *Service) Wire() *wire.Service {
	return &wire.Service{
		Name: "sts", SigningName: "sts", Protocol: wire.Query, Version: "2011-06-15",
		Namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
		Operations: map[string]wire.Operation{
			"GetCallerIdentity":         wire.Handle(s.getCallerIdentity),
			"AssumeRole":                wire.Handle(s.assumeRole),
			"AssumeRoleWithWebIdentity": wire.Handle(s.assumeRoleWithWebIdentity),
		},
		Unsigned: []string{"AssumeRoleWithWebIdentity"},
	}
}

type none struct{}

type identity struct{ Account, Arn, UserId string }

func (s *Service) getCallerIdentity(ctx context.Context, _ *none) (*identity, error) {
	who, _ := s.directory.Who(wire.Caller(ctx))
	return &identity{Account: who.Account, Arn: who.ARN, UserId: who.ID}, nil
}
