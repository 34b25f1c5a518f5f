// Package echo answers requests with what it was asked, as the image gateway-api/echo-basic of the Gateway API conformance suite does.
//
// In go the environment and the mounted files of a container, and a way to listen on its pod's address; out comes a running server. The environment
// is that of the image: HTTP_PORT (3000), H2C_PORT (3001), HTTPS_PORT (8443), TLS_SERVER_CERT, TLS_SERVER_PRIVKEY, TLS_CLIENT_CACERTS, POD_NAME,
// NAMESPACE, INGRESS_NAME, SERVICE_NAME; GRPC_ECHO_SERVER and TCP_ECHO_SERVER choose another protocol. UDP_ECHO_SERVER starts nothing.
package echo
