package sts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A Role can be assumed by whom its trust policy names.
type Role struct {
	Name   string // with its path, such as eks/alb
	Trust  *iam.TrustPolicy
	Policy *iam.Policy // what its sessions may do; nil is everything
}

// A Provider is an OpenID Connect provider that an account trusts, such as a Kubernetes cluster's issuer of service account tokens.
type Provider struct {
	URL       string // with https://, as its tokens say in iss
	Keys      jose.JSONWebKeySet
	Audiences []string // default sts.amazonaws.com
}

// An Association gives the pods of a Kubernetes service account a role, as EKS Pod Identity does.
type Association struct {
	Issuer         string // of the cluster's service account tokens, with https://
	Cluster        string
	Namespace      string
	ServiceAccount string
	Role           string
}

// Members are who there is in an account.
type Members struct {
	Users        map[string]string // secrets by access key id; a user is called as its access key
	Roles        []Role
	Providers    []Provider
	Associations []Association
}

// A Directory is who there is in AWS, in all accounts that share it, and which sessions they have.
type Directory struct {
	now func() time.Time

	mu           sync.RWMutex
	users        map[string]user     // by access key id
	roles        map[string]role     // by ARN
	providers    map[string]Provider // by ARN
	associations map[string][]Association
	sessions     map[string]session // by access key id
}

type user struct{ account, secret string }

type role struct {
	Role
	account, arn string
}

// A session is what has temporary credentials.
type session struct {
	role       role
	name       string
	secret     string
	token      string
	expires    time.Time
	tags       map[string]string
	transitive []string // keys of the tags that sessions made by this one have too
}

// NewDirectory has nobody in it.
func NewDirectory(now func() time.Time) *Directory {
	return &Directory{
		now: now, users: map[string]user{}, roles: map[string]role{}, providers: map[string]Provider{},
		associations: map[string][]Association{}, sessions: map[string]session{},
	}
}

var (
	roleForm   = regexp.MustCompile(`^([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$`)
	issuerForm = regexp.MustCompile(`^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[\w./-]*)?$`)
)

// Add members of an account. An access key belongs to one account.
func (d *Directory) Add(account string, m Members) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, secret := range m.Users {
		if u, ok := d.users[key]; ok && u.account != account {
			return fmt.Errorf("access key %q is one of account %s already; one key belongs to one account", key, u.account)
		}
		d.users[key] = user{account, secret}
	}
	for _, r := range m.Roles {
		if !roleForm.MatchString(r.Name) || r.Trust == nil {
			return fmt.Errorf("role %q needs a name of letters, digits and +=,.@_- and a trust policy", r.Name)
		}
		arn := roleARN(account, r.Name)
		d.roles[arn] = role{r, account, arn}
	}
	for _, p := range m.Providers {
		if !issuerForm.MatchString(p.URL) || len(p.Keys.Keys) == 0 {
			return fmt.Errorf("identity provider %q needs a URL of https and at least one key", p.URL)
		}
		if len(p.Audiences) == 0 {
			p.Audiences = []string{"sts.amazonaws.com"}
		}
		d.providers[providerARN(account, p.URL)] = p
	}
	d.associations[account] = append(d.associations[account], m.Associations...)
	return nil
}

func roleARN(account, name string) string { return "arn:aws:iam::" + account + ":role/" + name }

func providerARN(account, url string) string {
	return "arn:aws:iam::" + account + ":oidc-provider/" + strings.TrimPrefix(url, "https://")
}

// An Identity is who an access key stands for.
type Identity struct {
	Account string
	ARN     string
	ID      string

	names   []string // that a trust policy may know it by
	session *session // nil: a user
}

// Who an access key stands for.
func (d *Directory) Who(accessKey string) (Identity, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if s, ok := d.sessions[accessKey]; ok {
		arn := s.arn()
		return Identity{
			Account: s.role.account, ARN: arn, ID: s.role.id() + ":" + s.name,
			names: append(root(s.role.account), arn, s.role.arn), session: &s,
		}, true
	}
	u, ok := d.users[accessKey]
	arn := "arn:aws:iam::" + u.account + ":user/" + accessKey
	return Identity{Account: u.account, ARN: arn, ID: id("AIDA", arn), names: append(root(u.account), arn)}, ok
}

// Policy of the role that a session is of, and whether the access key is one of a session.
func (i Identity) Policy() (p *iam.Policy, session bool) {
	if i.session == nil {
		return nil, false
	}
	return i.session.role.Policy, true
}

// tags that a session has from whoever made it.
func (i Identity) tags() map[string]string {
	if i.session == nil {
		return nil
	}
	return i.session.tags
}

// Credential by its access key id, of an account.
func (d *Directory) Credential(account, accessKey string) (wire.Credential, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if s, ok := d.sessions[accessKey]; ok && s.role.account == account {
		return wire.Credential{Secret: s.secret, Token: s.token, Expires: s.expires}, true
	}
	u, ok := d.users[accessKey]
	return wire.Credential{Secret: u.secret}, ok && u.account == account
}

// long after its end a session is known to have expired. After that nobody knows it.
const long = 24 * time.Hour

// open a session.
func (d *Directory) open(s session) (accessKey string, opened session) {
	accessKey = "ASIA" + rand.Text()[:16]
	s.secret = (rand.Text() + rand.Text())[:40]
	s.token = "IQoJb3JpZ2luX2VjE" + strings.ToLower(rand.Text()) + rand.Text()
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.sessions, func(_ string, old session) bool { return d.now().Sub(old.expires) > long })
	d.sessions[accessKey] = s
	return accessKey, s
}

func (d *Directory) role(arn string) (role, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	r, ok := d.roles[arn]
	return r, ok
}

func (d *Directory) provider(arn string) (Provider, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, ok := d.providers[arn]
	return p, ok
}

// association of a service account.
func (d *Directory) association(account, issuer, namespace, name string) (Association, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	all := d.associations[account]
	i := slices.IndexFunc(all, func(a Association) bool {
		return a.Issuer == issuer && a.Namespace == namespace && a.ServiceAccount == name
	})
	if i < 0 {
		return Association{}, false
	}
	return all[i], true
}

func (s session) arn() string {
	return "arn:aws:sts::" + s.role.account + ":assumed-role/" + path.Base(s.role.Name) + "/" + s.name
}

func (r role) id() string { return id("AROA", r.arn) }

// id as AWS gives one to whoever has an ARN.
func id(prefix, arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return prefix + base32.StdEncoding.EncodeToString(sum[:])[:17]
}

// root and number of an account, by which trust policies name all of it.
func root(account string) []string { return []string{"arn:aws:iam::" + account + ":root", account} }
