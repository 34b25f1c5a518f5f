package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
)

// What S3 takes in place of the hash of a body ("Signature calculations for the authorization header").
const (
	contentHash      = "X-Amz-Content-Sha256"
	unsignedPayload  = "UNSIGNED-PAYLOAD"
	streamingTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

// payload is what the signature covers of the body: its hash, which S3 alone is told by the caller.
func (c *Call) payload(r *http.Request) (string, error) {
	sum := sha256.Sum256(c.Body)
	actual := hex.EncodeToString(sum[:])
	if c.Service.Protocol != Object {
		return actual, nil
	}
	claimed := r.Header.Get(contentHash)
	switch {
	case claimed == "" && r.Header.Get("Authorization") == "":
		return unsignedPayload, nil // a presigned URL
	case claimed == "":
		return "", Errorf("MissingSecurityHeader", "Your request is missing a required header: x-amz-content-sha256")
	case claimed == unsignedPayload || claimed == streamingTrailer:
		return claimed, nil
	case strings.HasPrefix(claimed, "STREAMING-"):
		return "", Errorf("NotImplemented", "A header you provided implies functionality that is not implemented").WithStatus(http.StatusNotImplemented)
	case claimed != actual:
		return "", Errorf("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	return actual, nil
}

// unchunk takes the frames off an aws-chunked body ("Signature calculations for chunked uploads with trailing headers"): chunks
// with their lengths in hexadecimal, an empty one, and trailers, which must be those that were announced.
func (o *ObjectRequest) unchunk() error {
	broken := Errorf("IncompleteBody", "The request body terminated unexpectedly")
	var content []byte
	rest := o.Body
	for {
		line, after, ok := bytes.Cut(rest, []byte("\r\n"))
		length, _, _ := strings.Cut(string(line), ";")
		size, err := strconv.ParseUint(length, 16, 32)
		if !ok || err != nil {
			return broken
		}
		rest = after
		if size == 0 {
			break
		}
		if uint64(len(rest)) < size+2 || string(rest[size:size+2]) != "\r\n" {
			return broken
		}
		content, rest = append(content, rest[:size]...), rest[size+2:]
	}
	if o.Header.Get("X-Amz-Decoded-Content-Length") != strconv.Itoa(len(content)) {
		return Errorf("IncompleteBody", "You did not provide the number of bytes specified by the x-amz-decoded-content-length header")
	}
	o.Body = content
	return o.readTrailers(string(rest))
}

func (o *ObjectRequest) readTrailers(text string) error {
	announced := strings.ToLower(o.Header.Get("X-Amz-Trailer"))
	for line := range strings.SplitSeq(text, "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if line == "" {
			continue
		}
		if !ok || strings.ToLower(strings.TrimSpace(name)) != announced {
			return Errorf("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.")
		}
		o.Header.Set(name, strings.TrimSpace(value))
		announced = ""
	}
	if announced != "" {
		return Errorf("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.")
	}
	return nil
}
