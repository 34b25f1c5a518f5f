package aws

import (
	"context"
	"io"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// S3 is the objects of one account and region.
type S3 struct {
	api      *s3.Client
	ages     *Ages
	contents *snapshot[string]
}

// An Object of S3. An empty Version is the newest.
type Object struct{ Bucket, Key, Version string }

func (o Object) String() string { return "s3://" + o.Bucket + "/" + o.Key }

func newS3(cfg awssdk.Config, m *metrics, a *Ages, rates Rates) *S3 {
	limit := newLimiter(serviceS3, m, rates)
	return &S3{
		api: s3.NewFromConfig(cfg, func(o *s3.Options) {
			o.APIOptions = append(o.APIOptions, limit.add)
			o.UsePathStyle = cfg.BaseEndpoint != nil // an endpoint of one's own need not have a name for each bucket
		}),
		ages:     a,
		contents: newSnapshot[string]("s3Objects", m, a),
	}
}

// Content of an object.
func (s *S3) Content(ctx context.Context, o Object) (string, error) {
	return s.contents.get(ctx, question[string]{
		key:  o.String() + "?" + o.Version,
		age:  upTo[string](s.ages.Detail),
		read: func(ctx context.Context) (string, error) { return s.read(ctx, o) },
	})
}

func (s *S3) read(ctx context.Context, o Object) (string, error) {
	in := &s3.GetObjectInput{Bucket: &o.Bucket, Key: &o.Key}
	if o.Version != "" {
		in.VersionId = &o.Version
	}
	out, err := do(ctx, s.api.GetObject, in)
	if err != nil {
		return "", err
	}
	defer func() { _ = out.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(out.Body, maxBundle))
	return string(content), errors.Wrapf(err, "cannot read %s", o)
}

// Put an object, and return its version, empty where the bucket keeps none.
func (s *S3) Put(ctx context.Context, o Object, content string) (string, error) {
	out, err := do(ctx, s.api.PutObject, &s3.PutObjectInput{
		Bucket: &o.Bucket, Key: &o.Key, Body: strings.NewReader(content), ContentType: new("application/x-pem-file"),
	})
	if err != nil {
		return "", err
	}
	return awssdk.ToString(out.VersionId), nil
}

// Exists says whether there is an object. To who may not list the bucket S3 denies what is not there.
func (s *S3) Exists(ctx context.Context, o Object) (bool, error) {
	_, err := do(ctx, s.api.HeadObject, &s3.HeadObjectInput{Bucket: &o.Bucket, Key: &o.Key})
	if IsNotFound(err) || IsDenied(err) {
		return false, nil
	}
	return err == nil, err
}

// Delete an object. One that is not there is no error.
func (s *S3) Delete(ctx context.Context, o Object) error {
	_, err := do(ctx, s.api.DeleteObject, &s3.DeleteObjectInput{Bucket: &o.Bucket, Key: &o.Key})
	return err
}
