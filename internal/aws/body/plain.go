package body

import (
	"context"
	"io"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Plain hides from net/http that the body of a request can write itself. smithy-go (1.28.9) closes a body as soon as the
// head of the answer is there; one that writes itself then fails with EOF instead of being at its end, and net/http closes the
// connection under the answer. That happens where an answer is faster than the sender's next turn: on loopback, or where the CPU
// is busy.
func Plain(stack *middleware.Stack) error {
	return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("PlainBody", func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		request, ok := in.Request.(*smithyhttp.Request)
		if !ok {
			return next.HandleFinalize(ctx, in)
		}
		if body, ok := request.GetStream().(io.ReadSeeker); ok {
			plain, err := request.SetStream(struct{ io.ReadSeeker }{body})
			if err != nil {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, err
			}
			in.Request = plain
		}
		return next.HandleFinalize(ctx, in)
	}), middleware.Before)
}

// APIOptions for the configuration of a client: Plain alone.
func APIOptions() []func(*middleware.Stack) error { return []func(*middleware.Stack) error{Plain} }
