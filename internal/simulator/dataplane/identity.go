package dataplane

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"time"
)

// Headers that tell a target about the user (user guide, "User claims encoding and signature verification").
const (
	headerAccess   = "X-Amzn-Oidc-Accesstoken"
	headerIdentity = "X-Amzn-Oidc-Identity"
	headerData     = "X-Amzn-Oidc-Data"

	identityLifetime = 2 * time.Minute
)

// identify the user to whoever answers.
func (x *exchange) identify(s *session) bool {
	data, err := x.plane.signer.sign(s, x.cfg.balancerARN, time.Now())
	if err != nil {
		x.plane.log.Error("claims cannot be signed", "listener", x.cfg.ARN)
		x.page(statusInternal)
		return false
	}
	x.identity = map[string]string{headerAccess: s.Access, headerIdentity: s.Subject, headerData: data}
	return true
}

// identityHeaders tell the target who the user is. Where a rule authenticates users, what a client itself claims is removed.
func (x *exchange) identityHeaders(h http.Header) {
	if !x.authenticates {
		return
	}
	for _, name := range []string{headerAccess, headerIdentity, headerData} {
		h.Del(name)
	}
	for name, value := range x.identity {
		h.Set(name, value)
	}
}

// A claimSigner vouches for what targets are told about users.
type claimSigner struct {
	key *ecdsa.PrivateKey
	id  string
}

func newClaimSigner() *claimSigner {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // never: crypto/rand does not fail
	}
	id := randomHex(16)
	return &claimSigner{key: key, id: id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]}
}

// sign makes a JWT, with the padding that AWS's have and standard ones have not.
func (c *claimSigner) sign(s *session, balancer string, now time.Time) (string, error) {
	until := now.Add(identityLifetime).Unix()
	header, err := json.Marshal(map[string]any{
		"typ": "JWT", "alg": "ES256", "kid": c.id, "signer": balancer, "iss": s.Issuer, "client": s.Client, "exp": until,
	})
	if err != nil {
		return "", err
	}
	payload := map[string]json.RawMessage{}
	if err := json.Unmarshal(s.Claims, &payload); err != nil {
		return "", err
	}
	for name, value := range map[string]any{"exp": until, "iss": s.Issuer} {
		if payload[name], err = json.Marshal(value); err != nil {
			return "", err
		}
	}
	claims, err := json.Marshal(payload)
	if err != nil {
		return "", err
	}
	text := base64.URLEncoding.EncodeToString(header) + "." + base64.URLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	r, v, err := ecdsa.Sign(rand.Reader, c.key, sum[:])
	if err != nil {
		return "", err
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	v.FillBytes(signature[32:])
	return text + "." + base64.URLEncoding.EncodeToString(signature), nil
}

// UserKey is the public key, in PEM, for the key id of an x-amzn-oidc-data header; nothing for an id that is not ours.
func (d *DataPlane) UserKey(id string) []byte {
	if id != d.signer.id {
		return nil
	}
	der, err := x509.MarshalPKIXPublicKey(&d.signer.key.PublicKey)
	if err != nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
