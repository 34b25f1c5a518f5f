// Package process runs children: each with its own log file, each told to end when its parent ends, however that happens.
//
// In go a name, the arguments and a log file; out comes a Child that says when and why it ended.
package process
