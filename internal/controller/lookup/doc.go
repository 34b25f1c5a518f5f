// Package lookup answers who refers to whom among the objects that make a Gateway, by field index and never by listing the
// cluster.
//
// In go objects and the references in their specs; out come field indexes to register with a cache, and the keys they are
// asked with.
package lookup
