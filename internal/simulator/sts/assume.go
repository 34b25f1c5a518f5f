package sts

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Limits of "AssumeRole" in STS's API reference. A role's longest session is the default one.
const (
	shortest       = 15 * time.Minute
	longest        = time.Hour
	maxSessionTags = 50
	maxExternalID  = 1224
)

var (
	sessionForm  = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
	externalForm = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`)
	tagForm      = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$`)
	valueForm    = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$`)
)

type tag struct{ Key, Value string }

// What every way to a role is asked with.
type wish struct {
	RoleArn         *string
	RoleSessionName *string
	DurationSeconds *int32
	Policy          *string
	PolicyArns      []struct{ Arn *string }
}

type assumeRoleInput struct {
	wish
	ExternalId        *string
	Tags              []tag
	TransitiveTagKeys []string
}

type credentials struct {
	AccessKeyId, SecretAccessKey, SessionToken string
	Expiration                                 time.Time
}

type assumedRoleUser struct{ AssumedRoleId, Arn string }

type assumeRoleOutput struct {
	Credentials     credentials
	AssumedRoleUser assumedRoleUser
}

func (s *Service) assumeRole(ctx context.Context, in *assumeRoleInput) (*assumeRoleOutput, error) {
	lasts, err := in.check()
	if err != nil {
		return nil, err
	}
	if err := in.checkTags(); err != nil {
		return nil, err
	}
	who, _ := s.directory.Who(wire.Caller(ctx))
	tags, transitive, err := in.sessionTags(who)
	if err != nil {
		return nil, err
	}
	role, found := s.directory.role(*in.RoleArn)
	for _, action := range in.actions() {
		if !found || !s.allowed(ctx, who, role, iam.Request{Action: action, Resource: role.arn, Keys: in.keys(who)}) {
			return nil, wire.Errorf("AccessDenied", "User: %s is not authorized to perform: %s on resource: %s", who.ARN, action, *in.RoleArn).WithStatus(http.StatusForbidden)
		}
	}
	return s.issue(session{role: role, name: *in.RoleSessionName, tags: tags, transitive: transitive}, lasts), nil
}

// check what is asked for, and return how long the session is to last.
func (w wish) check() (time.Duration, error) {
	switch {
	case w.RoleArn == nil || len(*w.RoleArn) < 20 || len(*w.RoleArn) > 2048:
		return 0, wire.Invalid("1 validation error detected: Value at 'roleArn' failed to satisfy constraint: Member must have length between 20 and 2048")
	case w.RoleSessionName == nil || !sessionForm.MatchString(*w.RoleSessionName):
		return 0, wire.Invalid("1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*")
	case w.Policy != nil || len(w.PolicyArns) > 0:
		return 0, wire.Invalid("Session policies are not simulated")
	case w.DurationSeconds == nil:
		return longest, nil
	}
	lasts := time.Duration(*w.DurationSeconds) * time.Second
	switch {
	case lasts < shortest:
		return 0, wire.Invalid("1 validation error detected: Value '%d' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900", *w.DurationSeconds)
	case lasts > longest:
		return 0, wire.Invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	return lasts, nil
}

func (in *assumeRoleInput) checkTags() error {
	switch {
	case in.ExternalId != nil && (!externalForm.MatchString(*in.ExternalId) || len(*in.ExternalId) > maxExternalID):
		return wire.Invalid("1 validation error detected: Value at 'externalId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*")
	case len(in.Tags) > maxSessionTags:
		return wire.Invalid("1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50")
	}
	seen := map[string]bool{}
	for _, t := range in.Tags {
		if !tagForm.MatchString(t.Key) || !valueForm.MatchString(t.Value) {
			return wire.Invalid("1 validation error detected: Value at 'tags' failed to satisfy constraint: a key or value has characters or a length that tags have not")
		}
		if seen[t.Key] {
			return wire.Errorf("InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		seen[t.Key] = true
	}
	for _, key := range in.TransitiveTagKeys {
		if !seen[key] {
			return wire.Errorf("InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.")
		}
	}
	return nil
}

// sessionTags are those asked for, and those of the caller that go along.
func (in *assumeRoleInput) sessionTags(who Identity) (tags map[string]string, transitive []string, err error) {
	tags, transitive = map[string]string{}, slices.Clone(in.TransitiveTagKeys)
	for _, t := range in.Tags {
		tags[t.Key] = t.Value
	}
	if who.session == nil {
		return tags, transitive, nil
	}
	for _, key := range who.session.transitive {
		if _, again := tags[key]; again {
			return nil, nil, wire.Errorf("InvalidParameterValue", "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		}
		tags[key] = who.session.tags[key]
		transitive = append(transitive, key)
	}
	return tags, transitive, nil
}

func (in *assumeRoleInput) actions() []string {
	if len(in.Tags) > 0 {
		return []string{"sts:AssumeRole", "sts:TagSession"}
	}
	return []string{"sts:AssumeRole"}
}

// keys of conditions that the call tells.
func (in *assumeRoleInput) keys(who Identity) map[string][]string {
	keys := map[string][]string{"sts:RoleSessionName": {*in.RoleSessionName}}
	if in.ExternalId != nil {
		keys["sts:ExternalId"] = []string{*in.ExternalId}
	}
	for _, t := range in.Tags {
		keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.Key)
	}
	for key, value := range who.tags() {
		keys["aws:PrincipalTag/"+key] = []string{value}
	}
	return keys
}

// allowed says whether the role trusts the caller and, where it does not name the caller itself or is another account's, whether
// the caller's own policy lets it ("Policy evaluation logic": cross-account access needs both).
func (s *Service) allowed(ctx context.Context, who Identity, to role, r iam.Request) bool {
	trust, named := to.Trust.Decide(iam.Principal{Kind: "AWS", Names: who.names}, r)
	own := s.decide(wire.Caller(ctx), r)
	switch {
	case trust != iam.Allowed || own == iam.Denied:
		return false
	case named && who.Account == to.account:
		return true
	}
	return own == iam.Allowed
}

// issue credentials.
func (s *Service) issue(of session, lasts time.Duration) *assumeRoleOutput {
	of.expires = s.directory.now().Add(lasts).Truncate(time.Second)
	of.tags = maps.Clone(of.tags)
	key, opened := s.directory.open(of)
	return &assumeRoleOutput{
		Credentials:     credentials{AccessKeyId: key, SecretAccessKey: opened.secret, SessionToken: opened.token, Expiration: opened.expires},
		AssumedRoleUser: assumedRoleUser{AssumedRoleId: opened.role.id() + ":" + opened.name, Arn: opened.arn()},
	}
}
