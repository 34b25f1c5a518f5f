package dataplane

import (
	"net/http"
	"strconv"
	"strings"
)

const grpcType = "application/grpc"

// grpc tells gRPC requests as ALB must: by their content type, which may name an encoding. gRPC-Web is plain HTTP.
func (x *exchange) grpc() bool {
	rest, ok := strings.CutPrefix(x.r.Header.Get("Content-Type"), grpcType)
	return ok && (rest == "" || rest[0] == '+' || rest[0] == ';')
}

// grpcCodes is gRPC's own mapping (grpc/grpc, "HTTP to gRPC Status Code Mapping"); 502 was recorded as 14.
var grpcCodes = map[int]int{
	http.StatusBadRequest:         13,
	http.StatusUnauthorized:       16,
	http.StatusForbidden:          7,
	http.StatusNotFound:           12,
	http.StatusTooManyRequests:    14,
	http.StatusBadGateway:         14,
	http.StatusServiceUnavailable: 14,
	http.StatusGatewayTimeout:     14,
}

var grpcMessages = map[int]string{2: "unknown", 7: "permission denied", 12: "unimplemented", 13: "internal", 14: "unavailable", 16: "unauthenticated"}

// grpcError is an answer of headers alone, HTTP status 200, as a gRPC client understands it.
func (x *exchange) grpcError(code int) {
	status, mapped := grpcCodes[code]
	if !mapped {
		status = 2
	}
	h := x.w.Header()
	h.Set("Content-Type", grpcType)
	h.Set("Grpc-Status", strconv.Itoa(status))
	h.Set("Grpc-Message", grpcMessages[status])
	x.answer(http.StatusOK, "200 OK", "")
}
