package identity

import (
	"net/http"
	"strings"
)

// A Fault is something that goes wrong until it is mended.
type Fault string

// What can go wrong.
const (
	Denied          Fault = "denied"           // the user may not
	Refused         Fault = "refused"          // the authorization endpoint has an error of its own
	TokenError      Fault = "token-error"      // 500
	TokenHangs      Fault = "token-hangs"      // no answer
	TokenGarbage    Fault = "token-garbage"    // 200, and no JSON
	NoIDToken       Fault = "no-id-token"      // tokens without it
	WrongIssuer     Fault = "wrong-issuer"     // an ID token of somebody else
	WrongAudience   Fault = "wrong-audience"   // an ID token for somebody else
	ExpiredIDToken  Fault = "expired-id-token" // an ID token of yesterday
	UserInfoError   Fault = "userinfo-error"   // 500
	UserInfoHangs   Fault = "userinfo-hangs"   // no answer
	UserInfoGarbage Fault = "userinfo-garbage" // 200, and no JSON
	UserInfoOther   Fault = "userinfo-other"   // another subject than the ID token's
	UserInfoLarge   Fault = "userinfo-large"   // 12,000 bytes of claims
	KeysError       Fault = "keys-error"       // 500
	KeysHang        Fault = "keys-hang"        // no answer
	KeysGarbage     Fault = "keys-garbage"     // 200, and no JSON
	KeysLarge       Fault = "keys-large"       // 160,000 bytes
	KeysMany        Fault = "keys-many"        // eleven keys
)

// Break has something go wrong from now on, instead of what went wrong before.
func (p *Provider) Break(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
}

// Mend ends what Break began.
func (p *Provider) Mend() { p.Break("") }

func (p *Provider) broken(f Fault) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault == f
}

// breaks answers in the place of an endpoint that is broken altogether.
func (p *Provider) breaks(w http.ResponseWriter, r *http.Request) bool {
	p.mu.Lock()
	fault := p.fault
	p.mu.Unlock()
	endpoint := map[string]string{Token: "token-", UserInfo: "userinfo-", Keys: "keys-"}[r.URL.Path]
	what, here := strings.CutPrefix(string(fault), endpoint)
	if endpoint == "" || !here {
		return false
	}
	switch what {
	case "error":
		w.WriteHeader(http.StatusInternalServerError)
	case "hangs", "hang":
		select {
		case <-r.Context().Done():
		case <-p.closing.Done():
		}
	case "garbage":
		_, _ = w.Write([]byte("<html>")) // whoever asked may be gone
	default:
		return false
	}
	return true
}
