package wire

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
)

// A Protocol is a way to write requests and answers.
type Protocol int

// The protocols of the services that are simulated.
const (
	Query  Protocol = iota + 1 // form in, XML out
	EC2                        // the same, with EC2's own numbering and names
	JSON                       // JSON 1.1
	Object                     // S3's: method and path say what is done to which object, errors are XML
)

// A Service is one AWS API: how it is addressed, and what it can do.
type Service struct {
	Name        string // ours, short: "elbv2"
	SigningName string // in the credential scope: "elasticloadbalancing"
	Protocol    Protocol
	Version     string // query protocols: the API version, a date
	Namespace   string // query protocols: the XML namespace of answers
	Target      string // JSON: what X-Amz-Target has in front of the operation
	Operations  map[string]Operation

	// Unsigned operations need no signature.
	Unsigned []string

	// IgnoreUnknown drops parameters that the operation does not know, instead of refusing the call.
	IgnoreUnknown bool
}

// An Operation answers a call with an output struct or an error, by preference an *Error.
type Operation func(context.Context, Input) (any, error)

// An Input fills an operation's input struct with the parameters of the call.
type Input interface {
	Decode(into any) error
}

// Handle makes an Operation of a typed function.
func Handle[I, O any](f func(context.Context, *I) (*O, error)) Operation {
	return func(ctx context.Context, in Input) (any, error) {
		var input I
		if err := in.Decode(&input); err != nil {
			return nil, err
		}
		out, err := f(ctx, &input)
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

type formInput struct {
	dialect dialect
	values  url.Values
}

func (f formInput) Decode(into any) error { return f.dialect.decodeForm(f.values, into) }

type jsonInput []byte

// Decode reads JSON 1.1. Members that the operation does not know are ignored, as AWS does in this protocol.
func (j jsonInput) Decode(into any) error {
	err := json.Unmarshal(j, into)
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return Errorf("SerializationException", "%s can not be converted to %s", strings.ToUpper(e.Value), e.Type.Kind())
	}
	return Errorf("SerializationException", "The request is not valid JSON")
}

type callerKey struct{}

type hostKey struct{}

// WithCaller returns a context that knows the access key a call was signed with, and the host that was called.
func WithCaller(ctx context.Context, accessKey, host string) context.Context {
	return context.WithValue(context.WithValue(ctx, callerKey{}, accessKey), hostKey{}, host)
}

// Host that was called, with its port.
func Host(ctx context.Context) string {
	host, _ := ctx.Value(hostKey{}).(string)
	return host
}

// Caller is the access key that a call was signed with.
func Caller(ctx context.Context) string {
	key, _ := ctx.Value(callerKey{}).(string)
	return key
}
