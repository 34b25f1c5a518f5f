// Package condition does for conditions what translate, which has no clock and no recorder, cannot: it stamps them with
// transition times and announces with events what changed.
//
// In go the stored conditions and the wanted ones; out come the conditions to store, and events.
package condition
