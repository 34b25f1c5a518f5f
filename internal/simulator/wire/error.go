package wire

import (
	"errors"
	"fmt"
	"net/http"
)

// An Error is a refusal as AWS puts it: a code that clients switch on, a sentence for people, and an HTTP status.
type Error struct {
	Code    string
	Message string
	Status  int // 0 is 400: AWS refuses almost everything with it, a missing resource too
}

// Errorf makes an Error with status 400.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid makes the ValidationError that the query services answer to a parameter they cannot accept.
func Invalid(format string, args ...any) *Error {
	return Errorf("ValidationError", format, args...)
}

// WithStatus returns the same refusal under another HTTP status.
func (e *Error) WithStatus(status int) *Error {
	c := *e
	c.Status = status
	return &c
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func (e *Error) status() int {
	if e.Status == 0 {
		return http.StatusBadRequest
	}
	return e.Status
}

// fault is who is to blame, in the words of the query protocol.
func (e *Error) fault() string {
	if e.status() >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

// AsError returns err as an Error. Whatever a service did not mean to say becomes an InternalFailure, as at AWS, and its text
// stays inside.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{
		Code:    "InternalFailure",
		Message: "The request processing has failed because of an unknown error, exception or failure.",
		Status:  http.StatusInternalServerError,
	}
}
