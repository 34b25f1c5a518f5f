// Package assumption asks an AWS endpoint what AWS documents nowhere and this project had to assume.
//
// In go an SDK configuration, subnets and a way to dial load balancers; out comes, for each named assumption, what was expected
// and what was observed. For that an Application Load Balancer is made, used with a few hundred requests, and removed again,
// whatever happens in between. Against the simulator this shows that it does what its documentation says; against a real
// account it shows whether the assumptions are right.
package assumption
