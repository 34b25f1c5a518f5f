// Package install tests the Crossplane package with Crossplane itself, its RBAC manager and a registry.
//
// In go bin/crossplane, the package that cluster/xpkg builds, and examples/install; out comes whether it installs, serves, is
// upgraded, taken away and brought back without a request lost. It is a module of its own, so that a registry stays out of the
// provider; and crossplane.mod is another one, so that Crossplane is built of what it was released with.
package install
