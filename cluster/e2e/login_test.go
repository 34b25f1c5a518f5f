package e2e

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/identity"
)

// people is the identity provider that the simulated load balancers trust.
var people *identity.Provider

// startPeople writes down, in a folder, who vouches for the identity provider, and returns the name of the file.
func startPeople(dir string) (string, error) {
	var err error
	if people, err = identity.Start(identity.Options{}); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "people.pem")
	return file, os.WriteFile(file, people.CA(), 0o600)
}

// idp client ID SECRET URI | login USER | logout: who may ask the identity provider, and who is logged in there. It is at $IDP.
func idp(ts *testscript.TestScript, _ bool, args []string) {
	switch {
	case len(args) == 4 && args[0] == "client":
		people.Register(identity.Client{ID: args[1], Secret: args[2], RedirectURIs: []string{args[3]}})
	case len(args) == 2 && args[0] == "login":
		people.LogIn(identity.User{Subject: args[1], Claims: map[string]any{"email": args[1] + "@example.com"}})
	case len(args) == 1 && args[0] == "logout":
		people.LogOut()
	default:
		ts.Fatalf("usage: idp client ID SECRET URI | idp login USER | idp logout")
	}
	ts.Setenv("IDP", people.URL())
}

// jars are the cookies of the browsers of the scripts, by script and name.
var jars = map[string]*cookiejar.Jar{}

// browse NAME GATEWAY URL: a browser, which keeps its cookies under that name, follows redirects from the Gateway to the identity
// provider and back, and prints status, path and body of where it ends, and whom the load balancer vouches for there.
func browse(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: browse NAME GATEWAY URL")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := visit(ctx, ts, args)
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), out)
	ts.Check(err)
}

func visit(ctx context.Context, ts *testscript.TestScript, args []string) (string, error) {
	address, err := addressOf(ctx, ts, args[1])
	if err != nil {
		return "", err
	}
	client, err := browserOf(ts, args[0], address)
	if err != nil {
		return "", err
	}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, args[2], nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	who, err := vouched(ctx, body)
	return fmt.Sprintf("%s %s\n%s\n%s", resp.Status, resp.Request.URL.RequestURI(), body, who), err
}

// vouched checks the x-amzn-oidc-data of a request that a backend echoes as a backend would that trusts nobody but the load balancer:
// by the key of the id that it names.
func vouched(ctx context.Context, body []byte) (string, error) {
	var echo struct{ Headers map[string][]string }
	if err := json.Unmarshal(body, &echo); err != nil || len(echo.Headers["X-Amzn-Oidc-Data"]) == 0 {
		return "", nil //nolint:nilerr // a page that no backend made
	}
	var parts [3][]byte
	for i, part := range strings.SplitN(echo.Headers["X-Amzn-Oidc-Data"][0], ".", len(parts)) {
		var err error
		if parts[i], err = base64.URLEncoding.DecodeString(part); err != nil { // with padding, as AWS has it
			return "", err
		}
	}
	var head struct{ Kid string }
	var claims struct{ Sub string }
	if err := errors.Join(json.Unmarshal(parts[0], &head), json.Unmarshal(parts[1], &claims)); err != nil {
		return "", err
	}
	file, err := system.UserKey(ctx, head.Kid)
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(file)
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return "", err
	}
	token := echo.Headers["X-Amzn-Oidc-Data"][0]
	sum := sha256.Sum256([]byte(token[:strings.LastIndex(token, ".")]))
	half := len(parts[2]) / 2
	if !ecdsa.Verify(key.(*ecdsa.PublicKey), sum[:], new(big.Int).SetBytes(parts[2][:half]), new(big.Int).SetBytes(parts[2][half:])) {
		return "", fmt.Errorf("x-amzn-oidc-data is not signed by key %s", head.Kid)
	}
	return "vouched for " + claims.Sub + "\n", nil
}

// browserOf a name. The identity provider is reached where it is, everything else at the load balancer.
func browserOf(ts *testscript.TestScript, name, address string) (*http.Client, error) {
	key := ts.Getenv("WORK") + " " + name
	if jars[key] == nil {
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, err
		}
		jars[key] = jar
	}
	config := trust(ts)
	if config.RootCAs == nil {
		config.RootCAs = x509.NewCertPool()
	}
	config.RootCAs.AppendCertsFromPEM(people.CA())
	return &http.Client{Jar: jars[key], Transport: &http.Transport{
		TLSClientConfig: config,
		DialContext: func(ctx context.Context, network, asked string) (net.Conn, error) {
			if strings.HasSuffix(people.URL(), asked) {
				return (&net.Dialer{}).DialContext(ctx, network, asked)
			}
			_, port, err := net.SplitHostPort(asked)
			if err != nil {
				return nil, err
			}
			return system.Dial(ctx, network, net.JoinHostPort(address, port))
		},
	}}, nil
}
