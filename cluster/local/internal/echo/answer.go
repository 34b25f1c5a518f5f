package echo

import (
	"crypto/tls"
	"encoding/pem"
	"net/http"
	"strings"
)

// Answer is the body of every echo: the request as it arrived.
type Answer struct {
	Path     string              `json:"path"` // as on the request line, query included
	Host     string              `json:"host"`
	Method   string              `json:"method"`
	Proto    string              `json:"proto"`
	Headers  map[string][]string `json:"headers"`
	HTTPPort string              `json:"httpPort"`
	Pod
	TLS *Connection `json:"tls,omitempty"`
}

// Pod says who answers.
type Pod struct {
	Namespace string `json:"namespace"`
	Ingress   string `json:"ingress"`
	Service   string `json:"service"`
	Pod       string `json:"pod"`
}

// Connection is what TLS has agreed upon.
type Connection struct {
	Version            string   `json:"version"`
	PeerCertificates   []string `json:"peerCertificates,omitempty"` // PEM
	ServerName         string   `json:"serverName"`
	NegotiatedProtocol string   `json:"negotiatedProtocol,omitempty"`
	CipherSuite        string   `json:"cipherSuite"`
}

func newAnswer(r *http.Request, who Pod, httpPort string) Answer {
	return Answer{
		Path:     r.RequestURI,
		Host:     r.Host,
		Method:   r.Method,
		Proto:    r.Proto,
		Headers:  r.Header,
		HTTPPort: httpPort,
		Pod:      who,
		TLS:      newConnection(r.TLS),
	}
}

func newConnection(s *tls.ConnectionState) *Connection {
	if s == nil {
		return nil
	}
	c := &Connection{
		Version:            tlsVersion(s.Version),
		ServerName:         s.ServerName,
		NegotiatedProtocol: s.NegotiatedProtocol,
		CipherSuite:        tls.CipherSuiteName(s.CipherSuite),
	}
	for _, peer := range s.PeerCertificates {
		c.PeerCertificates = append(c.PeerCertificates, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: peer.Raw})))
	}
	return c
}

// tlsVersion writes a version as the image does: TLSv1.3, not TLS 1.3.
func tlsVersion(v uint16) string {
	return strings.Replace(tls.VersionName(v), " ", "v", 1)
}
