package dataplane

import (
	"fmt"
	"net/http"
	"strconv"
)

const serverName = "awselb/2.0"

// Codes that are ALB's own (user guide, "Troubleshoot your Application Load Balancers").
const (
	statusTooManyForwarded = 463 // X-Forwarded-For with more than 30 addresses
	statusWrongProtocol    = 464 // the request's protocol does not fit the target group's
	statusProvider         = 561 // the identity provider answered with an error
)

// A page is an answer that the load balancer makes up.
type page struct {
	line string // of the status line: code and reason
	body string
}

// reasons are the words of ALB, which are nginx's, where they differ from net/http's.
var reasons = map[int]string{
	http.StatusUnauthorized:          "Authorization Required",
	http.StatusMethodNotAllowed:      "Not Allowed",
	http.StatusRequestTimeout:        "Request Time-out",
	http.StatusRequestURITooLong:     "Request-URI Too Large",
	http.StatusServiceUnavailable:    "Service Temporarily Unavailable",
	http.StatusGatewayTimeout:        "Gateway Time-out",
	http.StatusRequestEntityTooLarge: "Request Entity Too Large",
	statusTooManyForwarded:           "",
	statusWrongProtocol:              "",
	statusProvider:                   "Unauthorized",
}

func pageFor(code int) page {
	reason, own := reasons[code]
	if !own {
		reason = http.StatusText(code)
	}
	title := strconv.Itoa(code) + " " + reason
	p := page{line: title, body: fmt.Sprintf("<html>\r\n<head><title>%[1]s</title></head>\r\n<body>\r\n<center><h1>%[1]s</h1></center>\r\n</body>\r\n</html>\r\n", title)}
	switch code {
	case http.StatusUnauthorized:
		p.line = "401 Unauthorized" // as nginx has it
	case http.StatusFound:
		p.line = "302 Moved Temporarily" // recorded: the body says Found, the status line does not
	case statusTooManyForwarded, statusWrongProtocol:
		p.body = ""
	}
	return p
}

// page answers with what ALB makes up for the code.
func (x *exchange) page(code int) {
	if x.grpc() && x.toGRPC && code != statusWrongProtocol {
		x.grpcError(code)
		return
	}
	p := pageFor(code)
	if p.body != "" {
		x.w.Header().Set("Content-Type", "text/html")
	} else {
		x.w.Header()["Content-Type"] = nil // or net/http would guess one
	}
	x.answer(code, p.line, p.body)
}

// answer ends the exchange with a generated response of any kind.
func (x *exchange) answer(code int, line, body string) {
	h := x.w.Header()
	h.Set("Server", serverName)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.finishHeader(h)
	if code == http.StatusRequestTimeout {
		h.Set("Connection", "close") // the rest of the request may still come
	}
	if x.conn.front != nil {
		text := "HTTP/1.1 " + line
		x.conn.front.status.Store(&text)
	}
	x.w.WriteHeader(code)
	_, _ = x.w.Write([]byte(body)) // a client that is gone needs no answer
}

// finishHeader does what every answer to a client gets, from a target or made up.
func (x *exchange) finishHeader(h http.Header) {
	for name, value := range x.cfg.insert {
		h.Set(name, value)
	}
	if x.cfg.listener.off(attrServerHeader) {
		h.Del("Server")
	}
	if x.r.ProtoMajor == 1 {
		h.Set("Connection", "keep-alive")
	}
	if x.expired() {
		h.Set("Connection", "close")
	}
}
