// Package iam decides as AWS Identity and Access Management does whether a policy lets a caller do something.
//
// In go policies in JSON, identity-based ones and the trust policies of roles, and requests: an action, a resource, and what the
// request says of its condition keys; out comes whether it is allowed, not allowed, or denied. A policy with anything that is not
// understood is refused as a whole. Which actions and resources a call of each API stands for is in need.go, from the service
// authorization reference.
package iam
