package aws

import (
	"context"
	"net"
	"regexp"
	"strings"

	"github.com/aws/smithy-go"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Texts that differ from one try to the next: request ids, EC2's encoded authorization messages, the client's own port. A
// condition that held them would change, and wake whoever watches, at each try.
var (
	requestID   = regexp.MustCompile(`(?i)[\s,;(\[]*request[\s-]?id:?\s*"?[0-9a-f-]{16,}"?[\])]?`)
	encodedText = regexp.MustCompile(`(?i)\.?\s*encoded authorization failure message: *\S+`)
	clientPort  = regexp.MustCompile(`\b[\w.\[\]:]+:\d+->`)
	mayNot      = regexp.MustCompile(`not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)`)
	onResource  = regexp.MustCompile(`on resource: (\S+)`)
	spaces      = regexp.MustCompile(`\s+`)
)

// maxText is how much of a message a condition shows.
const maxText = 1024

// A cleaned error has a deterministic text.
type cleaned struct {
	text  string
	cause error
}

func (c *cleaned) Error() string { return c.text }

func (c *cleaned) Unwrap() error { return c.cause }

// Clean returns an error whose text has no request ids and stays the same as long as its cause does.
func Clean(err error) error {
	if err == nil {
		return nil
	}
	text := scrub(err.Error())
	if text == err.Error() {
		return err
	}
	return &cleaned{text: text, cause: err}
}

func scrub(text string) string {
	for _, re := range []*regexp.Regexp{requestID, encodedText, clientPort} {
		text = re.ReplaceAllString(text, "")
	}
	text = strings.TrimSpace(spaces.ReplaceAllString(text, " "))
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "..."
	}
	return text
}

// describe a failure: what went wrong, and what to do about it where a user can do something.
func describe(f *failure, err error) string {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return describeSilence(f, err)
	}
	message := strings.TrimSuffix(scrub(api.ErrorMessage()), ".")
	switch f.class {
	case Denied:
		return describeForbidden(f, message)
	case Unconfigured:
		return "AWS does not accept the credentials (" + join(f.code, message) + "); check those that spec.credentials of the ProviderConfig names"
	case Throttled:
		return f.operation + ": AWS asks for fewer calls (" + f.code + "); it is tried again"
	case Gone, InUse, Refused, Transient:
	}
	return f.operation + ": " + join(f.code, message)
}

func join(code, message string) string {
	if message == "" {
		return code
	}
	return code + ": " + message
}

func describeForbidden(f *failure, message string) string {
	on, action := "", f.operation
	if m := mayNot.FindStringSubmatch(message); m != nil {
		action = m[1] // what AWS does on the way needs actions of its own
	}
	if m := onResource.FindStringSubmatch(message); m != nil {
		on = " on " + m[1]
	}
	return "AWS denies " + f.operation + on + " to the provider's credentials; allow the action " + action + " in their IAM policy"
}

// describeSilence describes a call that AWS did not answer.
func describeSilence(f *failure, err error) string {
	if f.class == Unconfigured {
		return "no AWS credentials were found in the environment; give the provider some, or name a Secret in spec.credentials of the ProviderConfig"
	}
	return f.operation + ": " + reason(err)
}

func reason(err error) string {
	var (
		full    *limitError
		dns     *net.DNSError
		dial    *net.OpError
		invalid smithy.InvalidParamsError
		timeout net.Error
	)
	switch {
	case errors.As(err, &full):
		return full.Error()
	case errors.As(err, &invalid):
		return scrub(invalid.Error())
	case errors.Is(err, context.Canceled):
		return "the call was cancelled"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "AWS did not answer in time"
	case errors.As(err, &dns):
		return "AWS cannot be reached: no address for host " + dns.Name
	case errors.As(err, &dial):
		return "AWS cannot be reached: " + scrub(dial.Err.Error())
	}
	return "AWS cannot be reached: " + scrub(rootText(err))
}

// rootText is the text of the innermost error.
func rootText(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
