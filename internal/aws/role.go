package aws

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

const (
	fieldWebIdentity = "spec.credentials.webIdentity"
	sessionName      = "provider-alb-gateway"

	// renewBefore temporary credentials end, so that no call is under way when they do.
	renewBefore = 5 * time.Minute
)

// signer of calls: what the config's credentials are, then each role of its chain, assumed with the one before.
func (c Config) signer(cfg awssdk.Config) (awssdk.CredentialsProvider, error) {
	var err error
	switch c.Spec.Credentials.Source {
	case v1alpha1.CredentialsWebIdentity:
		cfg.Credentials, err = c.webIdentity(cfg)
	case v1alpha1.CredentialsPodIdentity:
		cfg.Credentials, err = c.podIdentity()
	case v1alpha1.CredentialsEnvironment, "":
		cfg.Credentials = c.renewed(cfg.Credentials, fieldSource, "is Environment", "check the role, the token or the keys that the environment of the provider's pod names")
	case v1alpha1.CredentialsSecret:
	}
	if err != nil {
		return nil, err
	}
	for i, r := range c.Spec.AssumeRoleChain {
		role := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), r.RoleArn, asked(r))
		cfg.Credentials = c.renewed(role, fmt.Sprintf("spec.assumeRoleChain[%d].roleArn", i), "names role "+r.RoleArn,
			"let its trust policy name who assumes it, with this externalId and these tags, and let that one's own policy allow sts:AssumeRole and, for tags, sts:TagSession")
	}
	return cfg.Credentials, nil
}

// asked says what a role is asked for with.
func asked(r v1alpha1.AssumeRole) func(*stscreds.AssumeRoleOptions) {
	return func(o *stscreds.AssumeRoleOptions) {
		o.ExternalID = r.ExternalID
		o.RoleSessionName = cmp.Or(awssdk.ToString(r.RoleSessionName), sessionName)
		o.TransitiveTagKeys = r.TransitiveTagKeys
		for _, t := range r.Tags {
			o.Tags = append(o.Tags, types.Tag{Key: awssdk.String(t.Key), Value: awssdk.String(t.Value)})
		}
	}
}

// webIdentity: a role that is assumed with a service account's token, as IRSA does.
func (c Config) webIdentity(cfg awssdk.Config) (awssdk.CredentialsProvider, error) {
	w := c.Spec.Credentials.WebIdentity
	if w == nil {
		w = &v1alpha1.WebIdentity{}
	}
	if c.Namespace != "" && w.TokenFile != nil {
		return nil, c.wrong(fieldWebIdentity+".tokenFile", "is set; only a ClusterProviderConfig may name a file of the provider's")
	}
	if c.Namespace != "" && c.Spec.Endpoint != "" {
		return nil, c.wrong("spec.endpoint", "is set; a ProviderConfig whose source is WebIdentity may not say where the provider's token is sent")
	}
	role := cmp.Or(awssdk.ToString(w.RoleArn), os.Getenv("AWS_ROLE_ARN"))
	if role == "" {
		return nil, c.wrong(fieldWebIdentity+".roleArn", "is missing, and AWS_ROLE_ARN is not set; set it, or annotate the provider's service account with eks.amazonaws.com/role-arn and restart the provider")
	}
	file := cmp.Or(awssdk.ToString(w.TokenFile), os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"))
	if file == "" {
		return nil, c.wrong(fieldWebIdentity+".tokenFile", "is missing, and AWS_WEB_IDENTITY_TOKEN_FILE is not set; set it to a projected service account token of audience sts.amazonaws.com")
	}
	cfg.Credentials = awssdk.AnonymousCredentials{}
	p := stscreds.NewWebIdentityRoleProvider(sts.NewFromConfig(cfg), role, c.token(fieldWebIdentity+".tokenFile", file), func(o *stscreds.WebIdentityRoleOptions) {
		o.RoleSessionName = cmp.Or(awssdk.ToString(w.RoleSessionName), sessionName)
	})
	return c.renewed(p, fieldWebIdentity, "is role "+role+" with the token of "+file,
		"let the role's trust policy name the cluster's identity provider, the audience and the provider's service account"), nil
}

// podIdentity: the role that EKS associates with the provider's service account, as its agent tells.
func (c Config) podIdentity() (awssdk.CredentialsProvider, error) {
	url, file := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"), os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
	if url == "" || file == "" {
		return nil, c.wrong(fieldSource, "is PodIdentity, and EKS has not given the provider's pod one (AWS_CONTAINER_CREDENTIALS_FULL_URI); associate a role with its service account and restart the provider")
	}
	p := endpointcreds.New(url, func(o *endpointcreds.Options) {
		o.AuthorizationTokenProvider = endpointcreds.TokenProviderFunc(func() (string, error) {
			token, err := c.token(fieldSource, file).GetIdentityToken()
			return string(token), err
		})
	})
	return c.renewed(p, fieldSource, "is PodIdentity", "associate a role with the provider's service account, and let its trust policy allow sts:AssumeRole and sts:TagSession to pods.eks.amazonaws.com"), nil
}

// A token of a service account, in a file that is written anew before the token ends.
type token struct{ read func() ([]byte, error) }

// GetIdentityToken reads the file.
func (t token) GetIdentityToken() ([]byte, error) { return t.read() }

func (c Config) token(field, file string) token {
	return token{func() ([]byte, error) {
		content, err := os.ReadFile(file) //nolint:gosec // Named by the environment or by who may name any.
		if err != nil {
			return nil, c.wrong(field, "needs the token in "+file+", which cannot be read; mount it into the provider's pod")
		}
		return bytes.TrimSpace(content), nil
	}}
}

// renewed keeps temporary credentials until shortly before they end. What AWS refuses is said of a field, with what to do.
func (c Config) renewed(p awssdk.CredentialsProvider, field, is, remedy string) awssdk.CredentialsProvider {
	return awssdk.NewCredentialsCache(awssdk.CredentialsProviderFunc(func(ctx context.Context) (awssdk.Credentials, error) {
		got, err := p.Retrieve(ctx)
		var (
			said   smithy.APIError
			before *ConfigError // of the role before this one
		)
		if err == nil || errors.As(err, &before) || !errors.As(err, &said) {
			return got, err
		}
		return got, c.wrong(field, is+", and AWS says "+join(said.ErrorCode(), strings.TrimSuffix(scrub(said.ErrorMessage()), "."))+"; "+remedy)
	}), func(o *awssdk.CredentialsCacheOptions) { o.ExpiryWindow = renewBefore })
}
