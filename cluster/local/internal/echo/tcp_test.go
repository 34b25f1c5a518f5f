package echo

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"maps"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTCP(t *testing.T) {
	secure := newPair(t, "tcp.example.com")
	env := maps.Clone(who)
	maps.Copy(env, map[string]string{"TCP_ECHO_SERVER": "1", "TLS_SERVER_CERT": "/crt", "TLS_SERVER_PRIV_KEY": "/key"})
	p := startPod(t, env, map[string][]byte{"/crt": secure.cert, "/key": secure.key})
	config := secure.trust(t, "tcp.example.com")
	config.MaxVersion = tls.VersionTLS12
	config.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	config.CurvePreferences = []tls.CurveID{tls.X25519}

	const pod = `"namespace":"gateway-conformance-infra","ingress":"alb","service":"infra-backend-v1","pod":"infra-backend-v1-67469cd55f-hb4k4","tcpport":"3000","tlsport":"8443"`
	cases := map[string]struct {
		reason string
		args   func() (net.Conn, error)
		want   []string
	}{
		"Plain": {
			reason: "commands are answered line by line, others are passed over",
			args:   func() (net.Conn, error) { return new(net.Dialer).DialContext(t.Context(), "tcp", p.addrs[3000]) },
			want:   []string{"Gateway API Test TCP Server", "PONG", "false", "{" + pod + `,"isTLS":false}`},
		},
		"TLS": {
			reason: "over TLS the connection is told too",
			args: func() (net.Conn, error) {
				return (&tls.Dialer{Config: config}).DialContext(t.Context(), "tcp", p.addrs[8443])
			},
			want: []string{
				"Gateway API Test TCP Server", "PONG", "true",
				"{" + pod + `,"isTLS":true,"tls":{"version":"TLS 1.2","serverName":"tcp.example.com","curves":"X25519",` +
					`"cipherSuite":"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}}`,
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			conn, err := tc.args()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close() //nolint:errcheck // test
			_, _ = fmt.Fprint(conn, "PING\nwhat?\nIS_TLS\nTEST\n")
			var got []string
			for in := bufio.NewScanner(conn); len(got) < len(tc.want) && in.Scan(); {
				got = append(got, in.Text())
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nlines: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
