// Package view shows an ALB and its pieces to people.
//
// In go Kubernetes objects; out comes text for a terminal or a log.
package view
