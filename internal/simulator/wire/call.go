package wire

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// MaxBody bounds a request. AWS refuses larger ones too; no call of these services comes near.
const MaxBody = 1 << 20

// A Call is one request, understood but not yet answered.
type Call struct {
	Service   *Service
	Operation string
	RequestID string
	Input     Input
	Body      []byte // what the signature covers

	head bool // answered without a body
}

// Read finds out which service and operation a request means. The Call it returns with an error is good enough to write that
// error in the protocol of the caller.
func Read(r *http.Request, services []*Service) (*Call, error) {
	call := &Call{Service: guess(r, services), RequestID: newRequestID()}
	body, err := readBody(r)
	if err != nil {
		return call, err
	}
	call.Body = body
	if call.Service.Protocol == Object {
		return call, call.readObject(r)
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return call, call.readJSON(target, services)
	}
	return call, call.readForm(r, services)
}

func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, MaxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, Errorf("RequestEntityTooLarge", "Request entity is too large").WithStatus(http.StatusRequestEntityTooLarge)
	}
	if err != nil {
		return nil, Errorf("IncompleteBody", "The request body terminated unexpectedly")
	}
	return body, nil
}

// guess names the service before the request is read: by JSON target, by credential scope, else the first.
func guess(r *http.Request, services []*Service) *Service {
	if s := objectService(r, services); s != nil {
		return s
	}
	target, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	scope := scopeOf(r.Header.Get("Authorization"))
	for _, s := range services {
		if target != "" && s.Target == target || target == "" && s.SigningName == scope.service {
			return s
		}
	}
	return services[0]
}

func (c *Call) readJSON(target string, services []*Service) error {
	prefix, operation, _ := strings.Cut(target, ".")
	i := slices.IndexFunc(services, func(s *Service) bool { return s.Target == prefix })
	if i < 0 {
		c.Service = &Service{Name: prefix, Protocol: JSON}
		return Errorf("UnknownOperationException", "The service %q is not simulated", prefix)
	}
	c.Service, c.Operation, c.Input = services[i], operation, jsonInput(c.Body)
	if len(c.Body) == 0 {
		c.Input = jsonInput("{}")
	}
	return nil
}

func (c *Call) readForm(r *http.Request, services []*Service) error {
	values, err := formOf(r, c.Body)
	if err != nil {
		return err
	}
	version := values.Get("Version")
	if i := slices.IndexFunc(services, func(s *Service) bool { return s.Version != "" && s.Version == version }); i >= 0 {
		c.Service = services[i]
	}
	c.Operation = values.Get("Action")
	if c.Operation == "" {
		return Errorf("MissingAction", "The request is missing an action or a required parameter")
	}
	if c.Service.Version != version {
		operation := c.Operation
		c.Operation = ""
		return Errorf("InvalidAction", "Could not find operation %s for version %s", operation, version)
	}
	d := queryDialect
	if c.Service.Protocol == EC2 {
		d = ec2Dialect
	}
	d.lenient = c.Service.IgnoreUnknown
	c.Input = formInput{dialect: d, values: values}
	return nil
}

// formOf returns the parameters of a query call: from the body, or from the URL of a GET.
func formOf(r *http.Request, body []byte) (url.Values, error) {
	raw := string(body)
	switch r.Method {
	case http.MethodGet:
		raw = r.URL.RawQuery
	case http.MethodPost:
		kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "application/x-www-form-urlencoded" {
			return nil, Errorf("MalformedQueryString", "The content type of a call must be application/x-www-form-urlencoded")
		}
	default:
		return nil, Errorf("InvalidAction", "The method %s is not supported", r.Method).WithStatus(http.StatusMethodNotAllowed)
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, Errorf("MalformedQueryString", "The query string contains a syntax error")
	}
	for name := range values {
		if r.Method == http.MethodGet && strings.HasPrefix(name, "X-Amz-") {
			delete(values, name) // a presigned URL carries its signature here
		}
	}
	return values, nil
}

// Lookup returns the operation called, or how the service says that it has none of that name.
func (c *Call) Lookup() (Operation, error) {
	if op, ok := c.Service.Operations[c.Operation]; ok {
		return op, nil
	}
	switch c.Service.Protocol {
	case JSON:
		return nil, Errorf("UnknownOperationException", "")
	case Object:
		return nil, Errorf("NotImplemented", "A header or query you provided implies functionality that is not implemented").WithStatus(http.StatusNotImplemented)
	case EC2:
		return nil, Errorf("InvalidAction", "The action %s is not valid for this web service.", c.Operation)
	default:
		return nil, Errorf("InvalidAction", "Could not find operation %s for version %s", c.Operation, c.Service.Version)
	}
}
