package wire

import (
	"context"
	"crypto/hmac"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	amzDate    = "20060102T150405Z"
	maxSkew    = 5 * time.Minute // "Signature expired ... - 5 min." is what AWS answers
	presignMax = 7 * 24 * time.Hour
	tokenName  = "X-Amz-Security-Token"
)

// A Verifier checks signatures, version 4, against the secrets it knows.
type Verifier struct {
	Region     string
	Credential func(accessKey string) (Credential, bool)
	Now        func() time.Time
}

// A Credential is what belongs to an access key. Temporary ones have a token, which every request must carry, and an end.
type Credential struct {
	Secret  string
	Token   string
	Expires time.Time // zero: never
}

// Signer is the access key and the region that a request says it was signed with and for; empty if it says nothing.
func Signer(r *http.Request) (accessKey, region string) {
	p, _ := proofOf(r)
	return p.accessKey, p.region
}

// A scope is what an Authorization header says of itself.
type scope struct {
	accessKey, date, region, service string
	signed                           []string
	signature                        string
	complete                         bool
}

func scopeOf(authorization string) scope {
	rest, ok := strings.CutPrefix(authorization, algorithm+" ")
	if !ok {
		return scope{}
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[key] = value
	}
	return newScope(fields["Credential"], fields["SignedHeaders"], fields["Signature"])
}

func newScope(credential, signed, signature string) scope {
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || parts[4] != "aws4_request" || signed == "" || signature == "" {
		return scope{}
	}
	return scope{
		accessKey: parts[0], date: parts[1], region: parts[2], service: parts[3],
		signed: strings.Split(signed, ";"), signature: signature, complete: true,
	}
}

// A proof is what a request says of who signed it, and how to sign it again.
type proof struct {
	scope
	date  string
	life  time.Duration
	again func(signing, context.Context) (string, error)
}

// proofOf reads the Authorization header or, of a presigned request, the query. Without either there is none.
func proofOf(r *http.Request) (proof, bool) {
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		return proof{scopeOf(authorization), r.Header.Get("X-Amz-Date"), maxSkew, signing.header}, true
	}
	query := r.URL.Query()
	if query.Get("X-Amz-Algorithm") != algorithm {
		return proof{}, false
	}
	s := newScope(query.Get("X-Amz-Credential"), query.Get("X-Amz-SignedHeaders"), query.Get("X-Amz-Signature"))
	life, err := time.ParseDuration(query.Get("X-Amz-Expires") + "s")
	if err != nil || life <= 0 || life > presignMax {
		life = maxSkew
	}
	return proof{s, query.Get("X-Amz-Date"), life, signing.query}, true
}

// Verify returns the access key that signed the call, or the refusal of the call's service. Where an operation needs no
// signature, the key is empty.
func (v *Verifier) Verify(r *http.Request, c *Call) (string, error) {
	p, ok := proofOf(r)
	if !ok && slices.Contains(c.Service.Unsigned, c.Operation) {
		return "", nil
	}
	if !ok {
		return "", missingAuthentication(c.Service)
	}
	at, err := time.Parse(amzDate, p.date)
	if !p.complete || err != nil || !strings.HasPrefix(p.date, p.scope.date) || !slices.Contains(p.signed, "host") {
		return "", refuse(c.Service, incompleteSignature,
			"Authorization header requires 'Credential', 'SignedHeaders' with 'host', 'Signature' and an 'X-Amz-Date' in the request.")
	}
	credential, err := v.credential(r, p, c)
	if err != nil {
		return "", err
	}
	if err := v.checkScope(p, at, c); err != nil {
		return "", err
	}
	request, err := asSigned(r, p.scope)
	if err != nil {
		return "", err
	}
	payload, err := c.payload(r)
	if err != nil {
		return "", err
	}
	credentials := aws.Credentials{AccessKeyID: p.accessKey, SecretAccessKey: credential.Secret}
	expected, err := p.again(signing{request, credentials, payload, p.scope, at, c.Service.signerOptions}, r.Context())
	if err != nil {
		return "", err
	}
	if !hmac.Equal([]byte(expected), []byte(p.signature)) {
		return "", refuse(c.Service, wrongSignature, "The request signature we calculated does not match the signature you provided. "+
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return p.accessKey, nil
}

// credential of the access key that a request names, if the request has its token.
func (v *Verifier) credential(r *http.Request, p proof, c *Call) (Credential, error) {
	known, ok := v.Credential(p.accessKey)
	token := r.Header.Get(tokenName)
	if token == "" {
		token = r.URL.Query().Get(tokenName)
	}
	switch {
	case !ok, !hmac.Equal([]byte(token), []byte(known.Token)):
		return known, refuse(c.Service, unknownKey, "The security token included in the request is invalid.")
	case !known.Expires.IsZero() && v.Now().After(known.Expires):
		return known, refuse(c.Service, ended, "The security token included in the request is expired")
	}
	return known, nil
}

func (v *Verifier) checkScope(s proof, at time.Time, c *Call) error {
	if s.service != c.Service.SigningName {
		return refuse(c.Service, wrongSignature, fmt.Sprintf("Credential should be scoped to correct service: '%s'.", c.Service.SigningName))
	}
	if s.region != v.Region {
		return refuse(c.Service, wrongSignature, fmt.Sprintf("Credential should be scoped to a valid region, not '%s'.", s.region))
	}
	now := v.Now().UTC()
	if now.Sub(at) > s.life {
		return refuse(c.Service, expired, fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - %d min.)",
			at.Format(amzDate), now.Add(-s.life).Format(amzDate), now.Format(amzDate), int(s.life.Minutes())))
	}
	if at.Sub(now) > maxSkew {
		return refuse(c.Service, expired, fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 5 min.)",
			at.Format(amzDate), now.Add(maxSkew).Format(amzDate), now.Format(amzDate)))
	}
	return nil
}

// asSigned is the request with the headers that were signed and no others.
func asSigned(r *http.Request, s scope) (*http.Request, error) {
	again, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+r.Host+r.URL.RequestURI(), http.NoBody)
	if err != nil {
		return nil, Errorf("IncompleteSignature", "The request cannot be signed")
	}
	again.Host, again.ContentLength = r.Host, 0
	for _, name := range s.signed {
		if name == "content-length" {
			again.ContentLength = r.ContentLength
		} else if values := r.Header.Values(name); name != "host" && len(values) > 0 {
			again.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	return again, nil
}

// signerOptions: S3 alone has its paths signed as they are.
func (s *Service) signerOptions(o *v4.SignerOptions) {
	o.DisableURIPathEscaping = s.Protocol == Object
}

// A signing is all that goes into a signature.
type signing struct {
	request     *http.Request
	credentials aws.Credentials
	payload     string
	scope       scope
	at          time.Time
	options     func(*v4.SignerOptions)
}

func (s signing) header(ctx context.Context) (string, error) {
	s.request.Header.Del("X-Amz-Date") // the signer sets it
	err := v4.NewSigner().SignHTTP(ctx, s.credentials, s.request, s.payload, s.scope.service, s.scope.region, s.at, s.options)
	if err != nil {
		return "", fmt.Errorf("cannot sign the request again: %w", err)
	}
	again := scopeOf(s.request.Header.Get("Authorization"))
	if !slices.Equal(again.signed, s.scope.signed) {
		return "", nil // a header was named that was not sent
	}
	return again.signature, nil
}

func (s signing) query(ctx context.Context) (string, error) {
	query := s.request.URL.Query()
	for _, name := range []string{"X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders"} {
		query.Del(name)
	}
	s.request.URL.RawQuery = query.Encode()
	signed, _, err := v4.NewSigner().PresignHTTP(ctx, s.credentials, s.request, s.payload, s.scope.service, s.scope.region, s.at, s.options)
	if err != nil {
		return "", fmt.Errorf("cannot sign the request again: %w", err)
	}
	u, err := url.Parse(signed)
	if err != nil {
		return "", fmt.Errorf("cannot read the signature made again: %w", err)
	}
	return u.Query().Get("X-Amz-Signature"), nil
}
