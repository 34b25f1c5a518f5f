// Package tag keeps the tags of AWS resources as managed resources say, and no others.
//
// In go an object, the tags that AWS has and those wanted; out come the tags to set and the keys to remove: those that a spec had
// once, which an annotation on the object remembers. What somebody else has set is never changed; it is told of (package foreign).
package tag
