package simulator_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	api "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
)

func withBuckets() simulator.Options {
	opts := quick()
	opts.World.Buckets = []s3.Bucket{{Name: "bundles"}, {Name: "versions", Versioned: true}, {Name: "theirs", Foreign: true}}
	return opts
}

// put an object, and return its version.
func (b *bench) put(bucket, key string, content []byte) *string {
	b.Helper()
	return must(b.s3.PutObject(b.Context(), &api.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(content)}))(b).VersionId
}

func (b *bench) object(in api.GetObjectInput) (string, error) {
	b.Helper()
	out, err := b.s3.GetObject(b.Context(), &in)
	if err != nil {
		return "", err
	}
	defer func() { _ = out.Body.Close() }()
	content, err := io.ReadAll(out.Body)
	if err != nil {
		b.Fatal(err)
	}
	return string(content), nil
}

// fetch a URL without credentials.
func (b *bench) fetch(url string) string {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return string(must(io.ReadAll(res.Body))(b))
}

// S3 API reference: PutObject, GetObject, HeadObject and DeleteObject, and "List of error codes".
func TestObjects(t *testing.T) {
	b := newBench(t, withBuckets())
	const key = "a/b c+é.pem"
	b.put("bundles", key, []byte("one"))
	b.put("bundles", key, []byte("two"))
	in := api.GetObjectInput{Bucket: new("bundles"), Key: new(key)}
	if got, err := b.object(in); err != nil || got != "two" {
		t.Errorf("got %q, %v, want what was put last", got, err)
	}
	head := must(b.s3.HeadObject(t.Context(), &api.HeadObjectInput{Bucket: in.Bucket, Key: in.Key}))(b)
	if *head.ContentLength != 3 || head.LastModified == nil || *head.ETag != `"b8a9f715dbb64fd5c56e7783c6820a61"` {
		t.Errorf("head: %d bytes, modified %v, ETag %s", *head.ContentLength, head.LastModified, *head.ETag)
	}
	for range 2 { // what is not there can be deleted too
		must(b.s3.DeleteObject(t.Context(), &api.DeleteObjectInput{Bucket: in.Bucket, Key: in.Key}))(b)
	}
	cases := map[string]struct {
		bucket, key string
		want        string
	}{
		"NoSuchKey":    {"bundles", key, "NoSuchKey"},
		"NoSuchBucket": {"nobodys", key, "NoSuchBucket"},
		"Denied":       {"theirs", key, "AccessDenied"},
		"ELBsOwn":      {"elb-trust-store-bundles", key, "AccessDenied"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := b.object(api.GetObjectInput{Bucket: &c.bucket, Key: &c.key}); codeOf(t, err) != c.want {
				t.Errorf("want %s, got %v", c.want, err)
			}
		})
	}
	if _, err := b.s3.HeadObject(t.Context(), &api.HeadObjectInput{Bucket: in.Bucket, Key: in.Key}); codeOf(t, err) != "NotFound" {
		t.Errorf("an answer to HEAD has no body and so no code of its own: want NotFound, got %v", err)
	}
	if _, err := b.s3.GetObjectTagging(t.Context(), &api.GetObjectTaggingInput{Bucket: in.Bucket, Key: in.Key}); codeOf(t, err) != "NotImplemented" {
		t.Errorf("want NotImplemented, got %v", err)
	}
	if got := b.sim.Calls()["s3.PutObject"]; got != 2 {
		t.Errorf("%d calls of PutObject are counted, want 2", got)
	}
}

// "Using versioning in S3 buckets".
func TestObjectVersions(t *testing.T) {
	b := newBench(t, withBuckets())
	one := b.put("versions", "ca.pem", []byte("one"))
	b.put("versions", "ca.pem", []byte("two"))
	if one == nil {
		t.Fatal("no version")
	}
	in := api.GetObjectInput{Bucket: new("versions"), Key: new("ca.pem")}
	must(b.s3.DeleteObject(t.Context(), &api.DeleteObjectInput{Bucket: in.Bucket, Key: in.Key}))(b)
	if _, err := b.object(in); codeOf(t, err) != "NoSuchKey" {
		t.Errorf("behind a delete marker: want NoSuchKey, got %v", err)
	}
	in.VersionId = one
	if got, err := b.object(in); err != nil || got != "one" {
		t.Errorf("got %q, %v, want the first version", got, err)
	}
	must(b.s3.DeleteObject(t.Context(), &api.DeleteObjectInput{Bucket: in.Bucket, Key: in.Key, VersionId: one}))(b)
	if _, err := b.object(in); codeOf(t, err) != "NoSuchVersion" {
		t.Errorf("want NoSuchVersion, got %v", err)
	}
}

// Every way in which the SDK calls S3: by path and by host, over TLS (chunks with a trailer) and without, and by presigned URL.
func TestObjectAddressing(t *testing.T) {
	sim, err := simulator.New(withBuckets())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	chunked := false
	spy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunked = chunked || r.Header.Get("X-Amz-Content-Sha256") == "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
		sim.ServeHTTP(w, r)
	})
	for scheme, start := range map[string]func(http.Handler) *httptest.Server{"http": httptest.NewServer, "https": httptest.NewTLSServer} {
		for _, style := range []string{"path", "host"} {
			t.Run(scheme+" by "+style, func(t *testing.T) {
				server := start(spy)
				t.Cleanup(server.Close)
				transport := &http.Transport{
					TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the test's own server
					DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
						return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
					},
				}
				t.Cleanup(transport.CloseIdleConnections)
				cfg := aws.Config{Region: "us-east-1", BaseEndpoint: new(scheme + "://s3.us-east-1.amazonaws.com"), HTTPClient: &http.Client{Transport: transport}}
				as("test", "test")(&cfg)
				client := api.NewFromConfig(cfg, func(o *api.Options) { o.UsePathStyle = style == "path" })
				b := &bench{T: t, s3: client}
				chunked = false
				// Not seekable: over TLS the SDK then sends the checksum behind the body.
				in := &api.PutObjectInput{Bucket: new("bundles"), Key: new("ca/x.pem"), Body: bytes.NewReader([]byte("content")), ChecksumAlgorithm: types.ChecksumAlgorithmSha256}
				if scheme == "https" {
					in.Body, in.ContentLength = io.MultiReader(strings.NewReader("con"), strings.NewReader("tent")), new(int64(7))
				}
				must(client.PutObject(t.Context(), in))(b)
				if chunked != (scheme == "https") {
					t.Errorf("the body came in chunks: %t", chunked)
				}
				got, err := b.object(api.GetObjectInput{Bucket: in.Bucket, Key: in.Key, ChecksumMode: types.ChecksumModeEnabled})
				if err != nil || got != "content" {
					t.Errorf("got %q, %v", got, err)
				}
			})
		}
	}
}

func TestPresignedObject(t *testing.T) {
	b := newBench(t, withBuckets())
	b.put("bundles", "ca.pem", []byte("content"))
	signed := must(api.NewPresignClient(b.s3).PresignGetObject(t.Context(), &api.GetObjectInput{Bucket: new("bundles"), Key: new("ca.pem")}))(b)
	if got := b.fetch(signed.URL); got != "content" {
		t.Errorf("presigned: got %q", got)
	}
	if got := b.fetch(strings.Replace(signed.URL, "ca.pem", "cb.pem", 1)); !strings.Contains(got, "<Code>SignatureDoesNotMatch</Code>") {
		t.Errorf("for another key: got %q", got)
	}
}

// Bodies that are not what their headers say ("Checking object integrity", "Signature calculations").
func TestSpoiledObjects(t *testing.T) {
	b := newBench(t, withBuckets())
	cases := map[string]struct {
		header, value string
		body          string
		want          string
	}{
		"Checksum":     {"X-Amz-Checksum-Crc32", "AAAAAA==", "content", "BadDigest"},
		"MD5":          {"Content-Md5", "AAAAAAAAAAAAAAAAAAAAAA==", "content", "BadDigest"},
		"Hash":         {"X-Amz-Content-Sha256", sha("other"), "content", "XAmzContentSHA256Mismatch"},
		"SignedChunks": {"X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "content", "NotImplemented"},
		"NoChunks":     {"X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "content", "IncompleteBody"},
		"ShortChunk":   {"X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "7\r\ncont", "IncompleteBody"},
		"NoLength":     {"X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "7\r\ncontent\r\n0\r\n\r\n", "IncompleteBody"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := b.s3.PutObject(t.Context(), &api.PutObjectInput{Bucket: new("bundles"), Key: new("ca.pem")}, func(o *api.Options) {
				o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
				o.APIOptions = append(o.APIOptions, spoil(c.body, c.header, c.value))
			})
			if codeOf(t, err) != c.want {
				t.Errorf("want %s, got %v", c.want, err)
			}
		})
	}
}

// spoil a request, and sign it so.
func spoil(body, header, value string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("Spoil", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			r, err := in.Request.(*smithyhttp.Request).SetStream(strings.NewReader(body)) //nolint:forcetypeassert // S3 speaks HTTP
			if err != nil {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, err
			}
			const payload = "X-Amz-Content-Sha256"
			r.ContentLength = int64(len(body))
			r.Header.Set(payload, sha(body))
			r.Header.Set(header, value)
			in.Request = r
			return next.HandleFinalize(v4.SetPayloadHash(ctx, r.Header.Get(payload)), in)
		}), "Signing", middleware.Before)
	}
}
