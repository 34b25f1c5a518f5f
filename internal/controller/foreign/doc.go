// Package foreign tells what AWS holds on our resources that somebody else has put there, and that is left alone.
//
// In go names of tags, rules and targets; out comes a condition of the managed resource, which stays as long as they do, and from
// whose changes an event follows.
package foreign
