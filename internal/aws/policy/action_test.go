package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
)

// Whichever action of the shipped policy is taken away, a call that the provider makes is refused, and AWS names the action. So
// each is needed, and the simulator asks for each.
func TestEachAction(t *testing.T) {
	found, err := calls("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range shipped(t) {
		t.Run(action, func(t *testing.T) {
			clients := without(t, action)
			for _, call := range found {
				if err := clients.call(t.Context(), call); err != nil && strings.Contains(err.Error(), "is not authorized to perform: "+action+" ") {
					return
				}
			}
			t.Errorf("no call of internal/aws is refused without %s", action)
		})
	}
}

// shipped are the actions of the policy in examples/iam.
func shipped(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "examples", "iam", "policy.json"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := iam.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range p.Statement {
		all = append(all, s.Action...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// clients of each service, by the prefix of its actions.
type clients map[string]any

// without an action, everything is allowed.
func without(t *testing.T, action string) clients {
	t.Helper()
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []map[string]any{
		{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": action, "Resource": "*"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	policy, err := iam.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	sim, err := simulator.New(simulator.Options{Policies: map[string]*iam.Policy{"test": policy}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	cfg := awssdk.Config{
		Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	return clients{
		"elasticloadbalancing": elbv2.NewFromConfig(cfg), "ec2": ec2.NewFromConfig(cfg), "acm": acm.NewFromConfig(cfg), "wafv2": wafv2.NewFromConfig(cfg),
		"shield": shield.NewFromConfig(cfg), "s3": s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }),
	}
}

// call an operation with something in each field, twice: with all of it, and without versions of objects.
func (c clients) call(ctx context.Context, name string) error {
	service, operation, _ := strings.Cut(name, ":")
	method := reflect.ValueOf(c[service]).MethodByName(operation)
	if !method.IsValid() {
		return fmt.Errorf("no client has %s", name)
	}
	for _, skip := range [][]string{nil, {"VersionId", "CaCertificatesBundleS3ObjectVersion"}, {"CertificateArn"}} {
		in := reflect.New(method.Type().In(1).Elem())
		fill(in.Elem(), skip, 0)
		if err, _ := method.Call([]reflect.Value{reflect.ValueOf(ctx), in})[1].Interface().(error); err != nil && strings.Contains(err.Error(), "not authorized") {
			return err
		}
	}
	return nil
}

// fill what a call may say, as deep as its tags and actions are. Forms that exclude one another are left out.
func fill(v reflect.Value, skip []string, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), skip, depth)
	case reflect.String:
		v.SetString("x")
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), skip, depth)
			return
		}
		v.SetBytes([]byte("x"))
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && depth < 5 && !slices.Contains(skip, f.Name) && f.Type.Kind() != reflect.Interface && f.Name != "DryRun" {
				fill(v.Field(i), skip, depth+1)
			}
		}
	}
}
