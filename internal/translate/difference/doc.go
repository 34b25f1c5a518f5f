// Package difference says in one sentence how what AWS holds differs from what is wanted.
//
// In go fields, with what each was and what it is to be; out comes a text for an event: bounded, on one line, and in the same order
// for the same differences. It is pure.
package difference
