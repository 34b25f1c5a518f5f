// Package s3 is as much of S3 as load balancers need: buckets that exist, and objects that are put, got, looked at and deleted.
//
// In go calls by path or by virtual host, with signed, unsigned and chunked bodies; out come answers and S3's own errors. ELBv2
// reads here what trust stores are made from, and keeps its copies in a bucket of its own, which only URLs that it signs open.
//
// Bodies are at most wire.MaxBody. Bodies with signed chunks, copies, parts and sub-resources are refused as not implemented.
package s3
