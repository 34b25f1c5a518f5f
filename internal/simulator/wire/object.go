package wire

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// An ObjectRequest is a call to S3: the Input of its operations.
type ObjectRequest struct {
	Bucket, Key string
	Query       url.Values
	Header      http.Header // what the trailers of a chunked body say is in it too
	Body        []byte      // without the frames of a chunked body
}

// Decode is not how S3's operations see their input.
func (*ObjectRequest) Decode(any) error {
	return Errorf("InternalError", "S3 has no input structs").WithStatus(http.StatusInternalServerError)
}

// An ObjectAnswer is the output of S3's operations.
type ObjectAnswer struct {
	Status int // 0 is 200
	Header http.Header
	Body   []byte
}

// IsObject says whether a request is for S3, which is the only service that is addressed by path: by who signed it for what.
func IsObject(r *http.Request, services []*Service) bool { return objectService(r, services) != nil }

func objectService(r *http.Request, services []*Service) *Service {
	p, ok := proofOf(r)
	if !ok {
		return nil
	}
	for _, s := range services {
		if s.Protocol == Object && s.SigningName == p.service {
			return s
		}
	}
	return nil
}

func (c *Call) readObject(r *http.Request) error {
	bucket, key := bucketAndKey(r.Host, r.URL.Path)
	c.Operation, c.head = objectOperation(r, key), r.Method == http.MethodHead
	in := &ObjectRequest{Bucket: bucket, Key: key, Query: r.URL.Query(), Header: r.Header.Clone(), Body: c.Body}
	c.Input = in
	if r.Header.Get(contentHash) != streamingTrailer {
		return nil
	}
	return in.unchunk()
}

// virtual hosts name the bucket: S3's own, and those of an endpoint called localhost.
var virtual = regexp.MustCompile(`^(.+)\.(s3([.-][a-z0-9-]+)?\.amazonaws\.com|localhost)(:[0-9]+)?$`)

func bucketAndKey(host, path string) (bucket, key string) {
	path = strings.TrimPrefix(path, "/")
	if m := virtual.FindStringSubmatch(host); m != nil {
		return m[1], path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// objectOperation is what a method does to an object; the sub-resources of objects and buckets are other operations.
func objectOperation(r *http.Request, key string) string {
	if key == "" {
		return ""
	}
	for _, sub := range []string{"acl", "attributes", "legal-hold", "partNumber", "restore", "retention", "select", "tagging", "torrent", "uploadId", "uploads"} {
		if r.URL.Query().Has(sub) {
			return ""
		}
	}
	if r.Method == http.MethodPut && r.Header.Get("X-Amz-Copy-Source") != "" {
		return ""
	}
	return map[string]string{
		http.MethodPut: "PutObject", http.MethodGet: "GetObject", http.MethodHead: "HeadObject", http.MethodDelete: "DeleteObject",
	}[r.Method]
}

func (c *Call) writeObject(w http.ResponseWriter, a *ObjectAnswer) error {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.Header().Set("X-Amz-Request-Id", c.RequestID)
	status := a.Status
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	if c.head {
		return nil
	}
	if _, err := w.Write(a.Body); err != nil {
		return fmt.Errorf("cannot send the answer to %s: %w", c.Operation, err)
	}
	return nil
}

// writeObjectError answers as S3 does, which has no body for HEAD: the caller sees the status alone.
func (c *Call) writeObjectError(w http.ResponseWriter, e *Error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	fmt.Fprintf(&b, "<Error><Code>%s</Code><Message>%s</Message><RequestId>%s</RequestId></Error>", escape(e.Code), escape(e.Message), c.RequestID)
	_ = c.writeObject(w, &ObjectAnswer{ // the client is gone: nobody is left to tell
		Status: e.status(), Header: http.Header{"Content-Type": {"application/xml"}}, Body: b.Bytes(),
	})
}
