// Package forecast says what a Gateway comes to in the end. In goes what translate.Gateway takes; out comes what it says, and
// which managed resources there are, once all that is wanted is stored and AWS has made it.
//
// A translation makes only what has its owner, and lets old rules go only when new ones are live. So it takes several, each on
// top of what the one before it asked for. What AWS alone can tell, such as ARNs, is then the word Planned.
package forecast
