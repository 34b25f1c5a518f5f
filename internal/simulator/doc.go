// Package simulator is AWS in a process: an http.Handler that speaks the real wire protocols of ELBv2, EC2, ACM, S3, WAFv2, Shield
// and STS, as strict as AWS, in front of load balancers that serve on real sockets.
//
// In go signed requests, by way of any AWS SDK, the CLI or Terraform with AWS_ENDPOINT_URL; out come AWS's answers. Below /_albsim/
// it tells of itself in JSON: endpoints (where each load balancer listens), calls (which were made; DELETE forgets them), world
// (the network), policies (PUT gives an access key one), faults (POST scripts one, DELETE clears them), health and, in PEM,
// public-keys (by which targets check the x-amzn-oidc-data of users who have logged in).
//
// What a service has no operation for is refused as AWS refuses an action that it does not know: InvalidAction,
// UnknownOperationException, and from S3 NotImplemented. So are whole services, those among them that other clients of load balancers
// call: IAM, the Resource Groups Tagging API, Amazon Cognito, AWS WAF Classic, Global Accelerator and Classic Load Balancers.
//
// It can be slow, throttle with AWS's token buckets, and fail before or after the effect of a call. It lets who has an IAM
// policy do what that allows. What AWS documents nowhere has a
// name, in Assumptions, by which the contrary can be had.
package simulator
