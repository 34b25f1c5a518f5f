// Package arch holds the rules of the tree as tests: who may import whom, what the pure packages do without, and that every
// package says what it is for.
//
// In go the files of the repository, parsed and not compiled; out comes a failure that names the file and the rule.
package arch
