package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"charm.land/lipgloss/v2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/view"
)

const (
	host      = "shop.example.com" // what the requests ask for, and what the certificate is for
	namespace = "example-ns"
	gateway   = "my-alb-gateway"
	route     = "my-http-app-route"
)

var certificateARN = regexp.MustCompile(`arn:aws:acm:[^\s]+`)

func (d *demo) bringUp() []step {
	return []step{
		{"import a certificate for " + host + " into ACM", d.importCertificate},
		{"apply examples/quickstart", d.applyQuickstart},
		{"wait for the echo pods", d.waitForPods},
		{"wait for the Gateway to be programmed", d.waitForGateway},
		{"wait for the route to be live on both listeners", d.waitForRoute},
		{"wait for the targets to be healthy", d.waitForTargets},
		{"show what was made", d.showObjects},
	}
}

func (d *demo) use() []step {
	return []step{
		{"send a request over HTTP", func(ctx context.Context) error { return d.request(ctx, "http") }},
		{"send a request over HTTPS", func(ctx context.Context) error { return d.request(ctx, "https") }},
		{"see the same on the provider's page", d.readPage},
	}
}

func (d *demo) tearDown() []step {
	return []step{
		{"delete the Gateway", d.deleteGateway},
		{"see that nothing of it is left in AWS", d.nothingLeft},
	}
}

func (d *demo) importCertificate(ctx context.Context) error {
	pair, err := stack.NewKeyPair(host)
	if err != nil {
		return err
	}
	d.trust = pair
	d.certificate, err = d.stack.ImportCertificate(ctx, pair)
	return err
}

// applyQuickstart applies the example as it stands, but for the ARN that its user has to fill in.
func (d *demo) applyQuickstart(ctx context.Context) error {
	files, err := filepath.Glob(filepath.Join(d.Root, "examples", "quickstart", "*.yaml"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("cannot find examples/quickstart in %s: run the demo from the project's folder", d.Root)
	}
	var all []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return fmt.Errorf("cannot read the example: %w", err)
		}
		all = append(all, certificateARN.ReplaceAllString(string(b), d.certificate))
	}
	out, err := d.stack.Kubectl(ctx, strings.Join(all, "\n---\n"), "apply", "-f", "-")
	d.progress.show(indent(out))
	return err
}

func (d *demo) waitForPods(ctx context.Context) error {
	_, err := d.stack.Kubectl(ctx, "", "rollout", "status", "-n", namespace, "deployment/echo", "--timeout=60s")
	return err
}

func (d *demo) waitForGateway(ctx context.Context) error {
	if _, err := d.stack.Kubectl(ctx, "", "wait", "-n", namespace, "gateway/"+gateway, "--for=condition=Programmed", "--timeout=60s"); err != nil {
		return d.explain(ctx, err)
	}
	address, err := d.stack.Kubectl(ctx, "", "get", "-n", namespace, "gateway/"+gateway, "-o", "jsonpath={.status.addresses[0].value}")
	if err != nil {
		return err
	}
	if address == "" {
		return fmt.Errorf("the Gateway %s/%s is programmed but has no address", namespace, gateway)
	}
	d.address = address
	return nil
}

func (d *demo) waitForRoute(ctx context.Context) error {
	_, err := d.stack.Kubectl(ctx, "", "wait", "-n", namespace, "listenerrules", "--all", "--for=condition=Ready", "--timeout=60s")
	if err != nil {
		return d.explain(ctx, err)
	}
	return nil
}

func (d *demo) waitForTargets(ctx context.Context) error {
	_, err := d.stack.Kubectl(ctx, "", "wait", "-n", namespace, "targetgroupbindings", "--all", "--for=jsonpath={.status.atProvider.healthy}=3", "--timeout=60s")
	if err != nil {
		return d.explain(ctx, err)
	}
	return nil
}

// explain adds what the objects say to an error of waiting for them.
func (d *demo) explain(ctx context.Context, err error) error {
	out, kubectlErr := d.stack.Kubectl(ctx, "", "get", "gateway,httproute,alb", "-n", namespace, "-o", "wide")
	if kubectlErr != nil {
		out = kubectlErr.Error()
	}
	return fmt.Errorf("%w\n%s", err, indent(out))
}

func (d *demo) showObjects(ctx context.Context) error {
	for _, args := range [][]string{
		{"get", "gatewayclass,gateway,httproute", "-n", namespace},
		{"get", "alb", "-n", namespace},
		{"get", "listenerrules", "-n", namespace},
	} {
		out, err := d.stack.Kubectl(ctx, "", args...)
		if err != nil {
			return err
		}
		d.progress.show("$ kubectl " + strings.Join(args, " ") + "\n" + out)
	}
	objects, err := d.objects(ctx)
	if err != nil {
		return err
	}
	d.progress.show(lipgloss.Sprint(view.Tree(objects)))
	return nil
}

// objects are the Gateway and all that was made for it.
func (d *demo) objects(ctx context.Context) ([]unstructured.Unstructured, error) {
	out, err := d.stack.Kubectl(ctx, "", "get", "gateway,alb", "-n", namespace, "-o", "json")
	if err != nil {
		return nil, err
	}
	var list unstructured.UnstructuredList
	if err := list.UnmarshalJSON([]byte(out)); err != nil {
		return nil, fmt.Errorf("cannot read what kubectl printed: %w", err)
	}
	return list.Items, nil
}

func (d *demo) deleteGateway(ctx context.Context) error {
	_, err := d.stack.Kubectl(ctx, "", "delete", "-n", namespace, "gateway/"+gateway, "--timeout=60s")
	return err
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n  ")
}
