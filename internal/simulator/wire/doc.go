// Package wire speaks the AWS wire protocols from the server's side: the query protocol (Elastic Load Balancing, STS), EC2's
// dialect of it, JSON 1.1 (ACM) and S3's own, with Signature Version 4.
//
// In goes an HTTP request, bounded and parsed into a Call whose Input fills a service's own input struct; out comes the output
// struct or an Error written the way that protocol writes it, with a request id.
package wire
