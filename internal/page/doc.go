// Package page serves a page on which people see what stands between a Gateway and its targets, and which rule answers a request.
//
// In go the objects that a cache of the cluster holds; out come HTML, SVG and a stream that tells browsers when to look again.
// Nothing is written, AWS is not asked, and Secrets are not read.
package page
