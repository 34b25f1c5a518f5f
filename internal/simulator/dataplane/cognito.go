package dataplane

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// poolARN names region and id of a user pool.
var poolARN = regexp.MustCompile(`^arn:[\w-]+:cognito-idp:([\w-]+):[0-9]{12}:userpool/([\w-]+_[0-9A-Za-z]+)$`)

// compileCognito: a user pool is an OpenID Connect provider whose endpoints and issuer follow from its domain, region and id (Cognito
// developer guide, "User pool endpoints"), and whose client must have a secret (user guide, "Prepare to use Amazon Cognito").
func compileCognito(d *DataPlane, rule string, c types.AuthenticateCognitoActionConfig) (*authentication, error) {
	pool := poolARN.FindStringSubmatch(deref(c.UserPoolArn))
	if pool == nil {
		return nil, errors.New("its user pool is no ARN of one")
	}
	secret, known := d.poolSecrets[deref(c.UserPoolClientId)]
	if !known {
		return nil, errors.New("its user pool has no such client with a secret")
	}
	region, id := pool[1], pool[2]
	domain := deref(c.UserPoolDomain)
	if !strings.Contains(domain, ".") { // the prefix of one of Amazon's
		domain = fmt.Sprintf("%s.auth.%s.amazoncognito.com", domain, region)
	}
	return compileOIDC(d, rule, types.AuthenticateOidcActionConfig{
		Issuer:                           new(fmt.Sprintf("https://cognito-idp.%s.amazonaws.com/%s", region, id)),
		AuthorizationEndpoint:            new("https://" + domain + "/oauth2/authorize"),
		TokenEndpoint:                    new("https://" + domain + "/oauth2/token"),
		UserInfoEndpoint:                 new("https://" + domain + "/oauth2/userInfo"),
		ClientId:                         c.UserPoolClientId,
		ClientSecret:                     &secret,
		AuthenticationRequestExtraParams: c.AuthenticationRequestExtraParams,
		OnUnauthenticatedRequest:         types.AuthenticateOidcActionConditionalBehaviorEnum(c.OnUnauthenticatedRequest),
		Scope:                            c.Scope,
		SessionCookieName:                c.SessionCookieName,
		SessionTimeout:                   c.SessionTimeout,
	})
}
