// Package arch holds the rules of the tree as tests: who may import whom, what the pure packages do without, that every package
// says what it is for, and that the documentation speaks of nothing that there is not: links, commands, flags, tests, kinds,
// conditions and reasons.
//
// In go the files of the repository, parsed and not compiled; out comes a failure that names the file and the rule.
package arch
