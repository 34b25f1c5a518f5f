// Package nodeport forwards the node ports of Services, on every node, to the endpoints in EndpointSlices.
//
// In go Services of type NodePort and LoadBalancer, EndpointSlices and Nodes; out come TCP listeners on nodeAddress:nodePort that take turns among ready
// endpoints, or, as kube-proxy does, among serving ones that terminate when none is ready. With externalTrafficPolicy Local a node forwards to its own
// endpoints only. Where there is no endpoint nobody listens, so a connection is refused. UDP and session affinity are not looked at.
package nodeport
