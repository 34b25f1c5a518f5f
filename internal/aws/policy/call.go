package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// services are the prefixes of IAM actions, by the package of the SDK.
var services = map[string]string{
	"elasticloadbalancingv2": "elasticloadbalancing", "ec2": "ec2", "acm": "acm", "wafv2": "wafv2", "shield": "shield", "s3": "s3", "sts": "sts",
}

const sdk = "github.com/aws/aws-sdk-go-v2/service/"

// calls of SDK clients that the Go files of a folder make, such as elasticloadbalancing:CreateRule, in order.
func calls(folder string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("%s has no Go files", folder)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return nil, fmt.Errorf("cannot read the calls: %w", err)
		}
		files = append(files, f)
	}
	clients := map[string]string{} // prefix, by the type that holds the client in field api
	for _, f := range files {
		holders(f, clients)
	}
	found := map[string]bool{}
	for _, f := range files {
		if err := callsOf(f, clients, found); err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// imports of SDK services, as the prefix of their actions by the name that a file has for them.
func imports(f *ast.File) map[string]string {
	out := map[string]string{}
	for _, spec := range f.Imports {
		at, err := strconv.Unquote(spec.Path.Value)
		service, ok := strings.CutPrefix(at, sdk)
		if err != nil || !ok || strings.Contains(service, "/") {
			continue
		}
		name := path.Base(at)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		out[name] = services[service]
	}
	return out
}

// holders are the struct types whose field api is the client of a service.
func holders(f *ast.File, into map[string]string) {
	known := imports(f)
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		fields, ok := spec.Type.(*ast.StructType)
		if !ok {
			return true
		}
		for _, field := range fields.Fields.List {
			pointer, ok := field.Type.(*ast.StarExpr)
			if !ok || len(field.Names) != 1 || field.Names[0].Name != "api" {
				continue
			}
			if of, ok := pointer.X.(*ast.SelectorExpr); ok && of.Sel.Name == "Client" {
				into[spec.Name.Name] = known[fmt.Sprint(of.X)]
			}
		}
		return true
	})
}

// callsOf the methods of holders: each use of receiver.api.Operation.
func callsOf(f *ast.File, clients map[string]string, into map[string]bool) error {
	var problems []error
	for _, d := range f.Decls {
		function, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		holder := receiver(function)
		ast.Inspect(function, func(n ast.Node) bool {
			operation, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			client, ok := operation.X.(*ast.SelectorExpr)
			if !ok || client.Sel.Name != "api" {
				return true
			}
			prefix := clients[holder]
			if prefix == "" {
				problems = append(problems, fmt.Errorf("%s calls %s of a client that is not its own", function.Name.Name, operation.Sel.Name))
			}
			into[prefix+":"+operation.Sel.Name] = true
			return true
		})
	}
	return errors.Join(problems...)
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) != 1 {
		return ""
	}
	t := f.Recv.List[0].Type
	if pointer, ok := t.(*ast.StarExpr); ok {
		t = pointer.X
	}
	return fmt.Sprint(t)
}
