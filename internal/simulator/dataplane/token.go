package dataplane

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// User guide, "Verify JWTs": what a set of keys may be, and the one algorithm.
const (
	maxKeySetSize = 150 << 10
	maxKeys       = 10

	keysFresh = 10 * time.Minute // how long a set is used
	keysAgain = 10 * time.Second // how soon it is asked for again, for an unknown key or after a failure
)

// A tokenCheck is a jwt-validation action, compiled.
type tokenCheck struct {
	rule   string
	issuer string
	claims []types.JwtValidationActionAdditionalClaim
	keys   *keySet
}

func compileTokenCheck(d *DataPlane, rule string, c types.JwtValidationActionConfig) *tokenCheck {
	return &tokenCheck{rule: rule, issuer: deref(c.Issuer), claims: c.AdditionalClaims, keys: &keySet{plane: d, endpoint: deref(c.JwksEndpoint)}}
}

// admit passes requests with a valid token; the target gets it as it is.
func (c *tokenCheck) admit(x *exchange) bool {
	refused := c.check(x.r.Context(), x.r.Header, time.Now())
	if refused == nil {
		return true
	}
	x.plane.log.Debug("a token is refused", "rule", c.rule, "code", refused.code, "reason", refused.reason)
	x.page(refused.code)
	return false
}

func (c *tokenCheck) check(ctx context.Context, h http.Header, now time.Time) *denial {
	lines := h["Authorization"]
	if len(lines) != 1 {
		return deny(statusUnauthorized, "there are %d Authorization headers; one is needed", len(lines))
	}
	scheme, text, _ := strings.Cut(lines[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return deny(statusUnauthorized, "the Authorization header has no bearer token")
	}
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || len(token.Headers) != 1 {
		return deny(statusUnauthorized, "the token is no JWT signed with RS256")
	}
	key, err := c.keys.key(ctx, token.Headers[0].KeyID, now)
	switch {
	case err != nil:
		return deny(statusInternal, "there are no keys: %v", err)
	case key == nil:
		return deny(statusUnauthorized, "the token's key is not in the key set")
	}
	var claims map[string]json.RawMessage
	if err := token.Claims(key, &claims); err != nil {
		return deny(statusUnauthorized, "the token's signature is invalid")
	}
	return c.judge(claims, now)
}

func (c *tokenCheck) judge(claims map[string]json.RawMessage, now time.Time) *denial {
	if issuer, ok := as[string](claims["iss"]); !ok || issuer != c.issuer {
		return deny(statusUnauthorized, "claim iss is missing or another")
	}
	if exp, ok := as[jwt.NumericDate](claims["exp"]); !ok || !now.Before(exp.Time()) {
		return deny(statusUnauthorized, "claim exp is missing or past")
	}
	for _, name := range []string{"nbf", "iat"} {
		if raw, given := claims[name]; given {
			if at, ok := as[jwt.NumericDate](raw); !ok || now.Before(at.Time()) {
				return deny(statusUnauthorized, "claim %s is not yet reached", name)
			}
		}
	}
	for _, want := range c.claims {
		if !holds(claims[deref(want.Name)], want) {
			return deny(statusUnauthorized, "claim %q is missing or another", deref(want.Name))
		}
	}
	return nil
}

// holds tells whether a claim has the format and every value that is wanted.
func holds(raw json.RawMessage, want types.JwtValidationActionAdditionalClaim) bool {
	var have []string
	var ok bool
	switch want.Format {
	case types.JwtValidationActionAdditionalClaimFormatEnumSingleString:
		var one string
		one, ok = as[string](raw)
		have = []string{one}
	case types.JwtValidationActionAdditionalClaimFormatEnumStringArray:
		have, ok = as[[]string](raw)
	case types.JwtValidationActionAdditionalClaimFormatEnumSpaceSeparatedValues:
		var all string
		all, ok = as[string](raw)
		have = strings.Split(all, " ")
	}
	return ok && len(want.Values) > 0 && !slices.ContainsFunc(want.Values, func(v string) bool { return !slices.Contains(have, v) })
}

// as reads a claim; null is none.
func as[T any](raw json.RawMessage) (v T, ok bool) {
	if len(raw) == 0 || string(raw) == "null" {
		return v, false
	}
	return v, json.Unmarshal(raw, &v) == nil
}

// A keySet is what a JWKS endpoint gives, kept for a while.
type keySet struct {
	plane    *DataPlane
	endpoint string

	mu    sync.Mutex // held while the endpoint is asked: one asks for all
	keys  []jose.JSONWebKey
	err   error
	asked time.Time
}

// key finds a signing key by its id, or nil.
func (k *keySet) key(ctx context.Context, id string, now time.Time) (any, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := now.Sub(k.asked)
	found := k.find(id)
	if k.asked.IsZero() || age >= k.plane.scaled(keysFresh) || (k.err != nil || found == nil) && age >= k.plane.scaled(keysAgain) {
		k.keys, k.err = k.ask(context.WithoutCancel(ctx)) // the answer is for others too
		k.asked = time.Now()
		found = k.find(id)
	}
	return found, k.err
}

func (k *keySet) find(id string) any {
	for _, key := range k.keys {
		if id != "" && key.KeyID == id {
			return key.Key
		}
	}
	return nil
}

func (k *keySet) ask(ctx context.Context) ([]jose.JSONWebKey, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.endpoint, http.NoBody)
	if err != nil || r.URL.Scheme != "https" {
		return nil, errors.New("the JWKS endpoint is no https:// URL")
	}
	status, body, err := k.plane.fetch(r, maxKeySetSize)
	if err != nil {
		return nil, fmt.Errorf("cannot talk to the JWKS endpoint: %w", err)
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("the JWKS endpoint answered %d", status)
	}
	return readKeys(body)
}

// readKeys leaves out keys that verify nothing here, of whatever type.
func readKeys(body []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil || set.Keys == nil {
		return nil, errors.New("the JWKS endpoint gave no key set")
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("the JWKS endpoint gave %d keys; at most %d are possible", len(set.Keys), maxKeys)
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) != nil {
			continue
		}
		_, public := key.Key.(*rsa.PublicKey)
		if public && (key.Use == "" || key.Use == "sig") && (key.Algorithm == "" || key.Algorithm == string(jose.RS256)) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}
