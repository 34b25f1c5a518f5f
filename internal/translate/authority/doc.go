// Package authority reads bundles of CA certificates, and says whether a trust store can take them.
//
// In goes PEM; out comes a Bundle without anything but certificates, each once, with a fingerprint by which bundles are compared,
// or an error that says what is wrong with it and what to do.
package authority
