// Package rig lets tests run the reconcilers of managed kinds step by step.
//
// In go an endpoint that speaks AWS's protocols, the objects that there are at first, and kinds; out come a fake API server,
// reconcilers before it, and the SDK's own clients to look behind the provider's back.
package rig
