// Package certificate imports TLS Secrets into ACM as Certificates say.
//
// In go a Certificate, the Secret that it names, the ReferenceGrants of that Secret's namespace and what ACM has; out come
// ImportCertificate, once and again whenever the Secret holds another certificate than ACM, AddTagsToCertificate and
// DeleteCertificate, and the ARN that Listeners wait for. Secrets are read from the API server when they are needed, and what
// is in them is in no object, event, log or error.
package certificate
