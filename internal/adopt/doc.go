// Package adopt moves the load balancer that AWS Load Balancer Controller made for a Gateway over to this provider, and back. In go
// clients of AWS and of the cluster, and what the Gateway comes to; out comes a plan of what is kept, made and removed, and its steps.
package adopt
