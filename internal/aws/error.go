package aws

import (
	"context"
	"net/http"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// A Class says what an error means to whoever called AWS. It is also the outcome label of provider_aws_calls_total.
type Class string

// The classes of errors.
const (
	// Gone: what was asked for, or the parent that it was to be made in, does not exist.
	Gone Class = "gone"

	// InUse: something else holds the resource; the call works once it has let go.
	InUse Class = "in_use"

	// Throttled: too many calls; the same call works later.
	Throttled Class = "throttled"

	// Refused: the call is wrong or beyond a quota; a user has to change something.
	Refused Class = "refused"

	// Denied: the credentials may not make the call; somebody has to allow it.
	Denied Class = "denied"

	// Unconfigured: the ProviderConfig, its Secret or the credentials are not usable. Nothing wakes us when a Secret changes.
	Unconfigured Class = "unconfigured"

	// Transient: anything else; the same call may work later.
	Transient Class = "transient"
)

// classes of error codes that are not simply Refused (4xx) or Transient (5xx). ELBv2's are those of its API reference, EC2's
// those of its table of client error codes; both answer every client error with status 400, "not found" included.
var classes = map[string]Class{
	"LoadBalancerNotFound":          Gone,
	"ListenerNotFound":              Gone,
	"RuleNotFound":                  Gone,
	"TargetGroupNotFound":           Gone,
	"NoSuchKey":                     Gone,
	"NotFound":                      Gone, // S3, to HEAD
	"InvalidGroup.NotFound":         Gone,
	"InvalidGroupId.NotFound":       Gone,
	"InvalidPermission.NotFound":    Gone,
	"ResourceNotFoundException":     Gone,
	"WAFNonexistentItemException":   Gone,
	"ResourceInUse":                 InUse,
	"ResourceInUseException":        InUse,
	"DependencyViolation":           InUse,
	"InvalidGroup.InUse":            InUse,
	"PriorityInUse":                 InUse,
	"TrustStoreInUse":               InUse,
	"Throttling":                    Throttled,
	"ThrottlingException":           Throttled,
	"ThrottledException":            Throttled,
	"RequestThrottled":              Throttled,
	"RequestThrottledException":     Throttled,
	"RequestLimitExceeded":          Throttled,
	"TooManyRequestsException":      Throttled,
	"EC2ThrottledException":         Throttled,
	"BandwidthLimitExceeded":        Throttled,
	"SlowDown":                      Throttled,
	"PriorRequestNotComplete":       Throttled,
	"AccessDenied":                  Denied,
	"AccessDeniedException":         Denied,
	"UnauthorizedOperation":         Denied,
	"Forbidden":                     Denied, // S3, to HEAD
	"AuthFailure":                   Unconfigured,
	"OptInRequired":                 Unconfigured,
	"UnrecognizedClientException":   Unconfigured,
	"InvalidClientTokenId":          Unconfigured,
	"InvalidAccessKeyId":            Unconfigured,
	"SignatureDoesNotMatch":         Unconfigured,
	"InvalidSignatureException":     Unconfigured,
	"IncompleteSignature":           Unconfigured,
	"MissingAuthenticationToken":    Unconfigured,
	"ExpiredToken":                  Unconfigured,
	"ExpiredTokenException":         Unconfigured,
	"RequestExpired":                Unconfigured,
	"TrustStoreNotReady":            Transient,
	"InternalError":                 Transient,
	"InternalFailure":               Transient,
	"InternalServiceError":          Transient,
	"ServiceUnavailable":            Transient,
	"Unavailable":                   Transient,
	"HealthUnavailable":             Transient,
	"WAFUnavailableEntityException": Transient,
	"WAFInternalErrorException":     Transient,
	"WAFOptimisticLockException":    Transient,
	"OptimisticLockException":       Transient,
	"InternalErrorException":        Transient,
	"InsufficientCapacity":          Transient,
	"RequestTimeout":                Transient,
}

// duplicates are the codes that say that something of that name, port, priority or content is there already.
var duplicates = map[string]bool{
	"DuplicateLoadBalancerName":      true,
	"DuplicateTargetGroupName":       true,
	"DuplicateListener":              true,
	"DuplicateTrustStoreName":        true,
	"PriorityInUse":                  true,
	"InvalidGroup.Duplicate":         true,
	"InvalidPermission.Duplicate":    true,
	"ResourceAlreadyExistsException": true,
}

// A failure is an error of an AWS call in words that stay the same from one try to the next: conditions show them.
type failure struct {
	class     Class
	operation string
	code      string
	text      string
	cause     error
}

func (f *failure) Error() string { return f.text }

func (f *failure) Unwrap() error { return f.cause }

// A RefusedError is something that we refuse on AWS's behalf, because a user has to change something first.
type RefusedError struct{ Message string }

func (e *RefusedError) Error() string { return e.Message }

// Refuse makes a RefusedError.
func Refuse(format string, args ...any) error {
	return &RefusedError{Message: errors.Errorf(format, args...).Error()}
}

// Errors for whoever knows without asking AWS.
var (
	// ErrNotFound is of class Gone.
	ErrNotFound error = &failure{class: Gone, text: "does not exist in AWS"}

	// ErrInUse is of class InUse.
	ErrInUse error = &failure{class: InUse, text: "is in use in AWS"}
)

// Classify says what an error means. It is empty for nil.
func Classify(err error) Class {
	var (
		f *failure
		r *RefusedError
		c *ConfigError
	)
	switch {
	case err == nil:
		return ""
	case errors.As(err, &f):
		return f.class
	case errors.As(err, &r):
		return Refused
	case errors.As(err, &c):
		return Unconfigured
	}
	return Transient
}

// IsNotFound says that what was asked for, or its parent, does not exist in AWS.
func IsNotFound(err error) bool { return Classify(err) == Gone }

// IsInUse says that something else still holds the resource.
func IsInUse(err error) bool { return Classify(err) == InUse }

// IsThrottled says that AWS, or our own limiter on its behalf, asks for fewer calls.
func IsThrottled(err error) bool { return Classify(err) == Throttled }

// IsDenied says that AWS does not let the credentials make this call.
func IsDenied(err error) bool { return Classify(err) == Denied }

// IsUnconfigured says that a ProviderConfig, its Secret or its credentials are not usable.
func IsUnconfigured(err error) bool { return Classify(err) == Unconfigured }

// IsRefused says that a user has to change something.
func IsRefused(err error) bool { return Classify(err) == Refused }

// IsAlreadyExists says that something of that name, port or priority is there already.
func IsAlreadyExists(err error) bool {
	var f *failure
	return errors.As(err, &f) && duplicates[f.code]
}

// IsProtected says that AWS does not permit the operation in the state that the resource is in: a load balancer under
// deletion protection, or a default rule.
func IsProtected(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.code == "OperationNotPermitted"
}

// do makes one call and turns its error into a failure.
func do[In, Out, Opt any](ctx context.Context, op func(context.Context, *In, ...func(*Opt)) (*Out, error), in *In) (*Out, error) {
	out, err := op(ctx, in)
	if err != nil {
		return nil, newFailure(err)
	}
	return out, nil
}

// newFailure of an error that the SDK returned.
func newFailure(err error) error {
	var config *ConfigError
	if errors.As(err, &config) { // there was nothing to sign with
		return &failure{class: Unconfigured, text: config.Error(), cause: err}
	}
	f := &failure{class: Transient, cause: err}
	if op := innermost(err); op != nil {
		f.operation = iamAction(op)
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		f.code = api.ErrorCode()
		f.class = classOf(api, err)
	} else {
		f.class = classOfSilence(err)
	}
	f.text = describe(f, err)
	return f
}

// innermost operation of an error: to sign one call another may be needed, that to STS.
func innermost(err error) *smithy.OperationError {
	var found, op *smithy.OperationError
	for errors.As(err, &op) {
		found, err, op = op, op.Err, nil
	}
	return found
}

// classOf an answer with an error code.
func classOf(api smithy.APIError, err error) Class {
	code := api.ErrorCode()
	if c, ok := classes[code]; ok {
		return c
	}
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.HTTPStatusCode() >= http.StatusInternalServerError {
		return Transient
	}
	if api.ErrorFault() == smithy.FaultServer {
		return Transient
	}
	return Refused
}

// classOfSilence is the class of an error without an answer from AWS.
func classOfSilence(err error) Class {
	var full *limitError
	switch {
	case errors.As(err, &full):
		return Throttled
	case isMissingCredentials(err) && !isOfSTS(err):
		return Unconfigured
	case isMissingInput(err):
		return Refused
	}
	return Transient
}

// isOfSTS: there are credentials, but the role that they are for could not be asked for.
func isOfSTS(err error) bool {
	op := innermost(err)
	return op != nil && op.ServiceID == sts.ServiceID
}

// isMissingInput: the SDK checks required members before it sends anything.
func isMissingInput(err error) bool {
	var invalid smithy.InvalidParamsError
	return errors.As(err, &invalid)
}

// isMissingCredentials: the SDK found no credentials to sign with. Its providers share no error type.
func isMissingCredentials(err error) bool {
	text := err.Error()
	return strings.Contains(text, "get credentials") || strings.Contains(text, "failed to refresh cached credentials")
}

// iamAction that permits an operation, such as elasticloadbalancing:CreateRule.
func iamAction(op *smithy.OperationError) string {
	prefix := map[string]string{
		"Elastic Load Balancing v2": "elasticloadbalancing",
		"EC2":                       "ec2",
		"ACM":                       "acm",
		"STS":                       "sts",
		"WAFV2":                     "wafv2",
		"Shield":                    "shield",
	}[op.ServiceID]
	if prefix == "" {
		prefix = strings.ToLower(op.ServiceID)
	}
	if op.OperationName == "HeadObject" {
		return prefix + ":GetObject" // S3 has no action of its own for it
	}
	return prefix + ":" + op.OperationName
}
