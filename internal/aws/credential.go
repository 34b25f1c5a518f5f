package aws

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

const (
	fieldSource = "spec.credentials.source"
	fieldSecret = "spec.credentials.secretRef"
)

// credentials that a config has in a Secret: nil for those that the SDK finds or asks for.
func (c Config) credentials(ctx context.Context, kube client.Reader) (*awssdk.Credentials, error) {
	switch c.Spec.Credentials.Source {
	case v1alpha1.CredentialsEnvironment, v1alpha1.CredentialsWebIdentity, v1alpha1.CredentialsPodIdentity, "":
		return nil, nil //nolint:nilnil // None of the config's own.
	case v1alpha1.CredentialsSecret:
		return c.secret(ctx, kube)
	}
	return nil, c.wrong(fieldSource, "is "+string(c.Spec.Credentials.Source)+"; set it to Environment, Secret, WebIdentity or PodIdentity")
}

// secret reads the credentials from the Secret that the config names.
func (c Config) secret(ctx context.Context, kube client.Reader) (*awssdk.Credentials, error) {
	ref := c.Spec.Credentials.SecretRef
	if ref == nil || ref.Name == "" || ref.Key == "" {
		return nil, c.wrong(fieldSecret, "is missing; name the Secret and the key that hold the AWS credentials")
	}
	namespace := ref.Namespace
	if c.Namespace != "" {
		if namespace != "" && namespace != c.Namespace {
			return nil, c.wrong(fieldSecret+".namespace", "is "+namespace+"; a ProviderConfig may only name a Secret in its own namespace, a ClusterProviderConfig in any")
		}
		namespace = c.Namespace
	}
	if namespace == "" {
		return nil, c.wrong(fieldSecret+".namespace", "is missing; set it to the namespace of Secret "+ref.Name)
	}
	s := &corev1.Secret{}
	name := types.NamespacedName{Namespace: namespace, Name: ref.Name}
	if err := kube.Get(ctx, name, s); kerrors.IsNotFound(err) {
		return nil, c.wrong(fieldSecret, "names Secret "+name.String()+", which does not exist; create it")
	} else if err != nil {
		return nil, errors.Wrapf(err, "cannot get Secret %s", name)
	}
	content, ok := s.Data[ref.Key]
	if !ok {
		return nil, c.wrong(fieldSecret+".key", "is "+ref.Key+", which Secret "+name.String()+" does not have; add it or name another key")
	}
	creds, problem := parseCredentials(content)
	if problem != "" {
		return nil, c.wrong(fieldSecret, "names key "+ref.Key+" of Secret "+name.String()+", which "+problem)
	}
	return creds, nil
}

// parseCredentials reads profile "default" of an AWS shared credentials file. The problem tells nothing of the content.
func parseCredentials(content []byte) (creds *awssdk.Credentials, problem string) {
	profile, found := parseProfile(content, "default")
	if !found {
		return nil, "has no profile [default]; make it an AWS shared credentials file with one"
	}
	c := &awssdk.Credentials{
		AccessKeyID:     profile["aws_access_key_id"],
		SecretAccessKey: profile["aws_secret_access_key"],
		SessionToken:    profile["aws_session_token"],
		Source:          "Secret",
	}
	for _, need := range []struct{ key, value string }{
		{"aws_access_key_id", c.AccessKeyID},
		{"aws_secret_access_key", c.SecretAccessKey},
	} {
		if need.value == "" {
			return nil, "has no " + need.key + " in profile [default]; add it"
		}
	}
	return c, ""
}

// parseProfile reads one profile of an ini file. Keys are lower-cased, as the AWS SDK does.
func parseProfile(content []byte, name string) (profile map[string]string, found bool) {
	profile = map[string]string{}
	in := false
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			in = strings.TrimSpace(strings.Trim(line, "[]")) == name
			found = found || in
		case in:
			if key, value, ok := strings.Cut(line, "="); ok {
				profile[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(value)
			}
		}
	}
	return profile, found
}

// fingerprint tells identities apart without holding what they sign with.
func (c Config) fingerprint(creds *awssdk.Credentials) string {
	said := struct {
		Source      v1alpha1.CredentialsSource
		WebIdentity *v1alpha1.WebIdentity
		Chain       []v1alpha1.AssumeRole
		Secret      *awssdk.Credentials
	}{c.Spec.Credentials.Source, c.Spec.Credentials.WebIdentity, c.Spec.AssumeRoleChain, creds}
	text, err := json.Marshal(said)
	if err != nil {
		return c.String() // Not met: all of it is text. Then it shares with nobody.
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
