// Package reference finds what a managed resource refers to.
//
// In go a namespace and either the name of an object in it or an ARN; out comes the ARN as that object's status has it now,
// or the reason why there is none yet. Nothing is remembered: an ARN that was looked up once outlives its resource.
package reference
