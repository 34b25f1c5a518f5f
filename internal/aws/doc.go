// Package aws is the seam between the controllers and Amazon Web Services: who calls (accounts and credentials from a
// ProviderConfig), how often (AWS's documented request rates, shared reads), and what an answer means (error classes).
//
// In go managed resources and the SDK's own inputs; out come the SDK's own types. What is read is shared by all who ask
// and must not be changed by them. Nothing outside this package knows an AWS error code.
package aws
