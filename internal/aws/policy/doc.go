// Command policy writes the IAM policy that the provider needs.
//
// In goes the source of internal/aws, whose calls of SDK clients are read from its syntax; out comes examples/iam/policy.json.
// Each call stands for actions, and each action belongs to a statement: a call or an action that no table knows is an error, and
// so is one that no call needs.
package main
