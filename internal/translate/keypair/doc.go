// Package keypair reads the certificate and private key of a TLS Secret, and says whether ACM can take them.
//
// In goes a Secret; out comes a Pair in the parts in which ACM imports it, or an error that says which key of the Secret is
// wrong and what to do. No error and no printed Pair holds anything of the private key.
package keypair
