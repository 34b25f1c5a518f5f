// Package truststore makes ELBv2 trust stores what TrustStores say.
//
// In go a TrustStore, the CA certificates that it holds or names in S3, and those that AWS has; out come PutObject, CreateTrustStore
// and, when the certificates differ, ModifyTrustStore, AddTags, and in the end DeleteTrustStore and DeleteObject, once no listener
// has the trust store any more. An object in S3 that was there before is never written or deleted.
package truststore
