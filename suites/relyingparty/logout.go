package relyingparty

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"time"
)

// farewellCookie holds the state of a sign-out on its way.
const farewellCookie = "signing-out"

const farewellLife = 10 * time.Minute

// logout ends a session here, and takes the user to the issuer to end it there
// (OpenID Connect RP-Initiated Logout, 2).
func (p *Party) logout(w http.ResponseWriter, r *http.Request) {
	s := p.session(r)
	p.dismiss(w, r)
	if s == nil {
		p.page(w, r, http.StatusOK, page{Title: "Signed out"})
		return
	}
	m, err := p.recall(r.Context(), s.peer)
	if err != nil || m.EndSession == "" {
		p.page(w, r, http.StatusOK, page{Title: "Signed out here"})
		return
	}
	address, err := url.Parse(m.EndSession)
	if err != nil {
		p.fail(w, r, distrust(err))
		return
	}
	state := secret("state")
	http.SetCookie(w, p.cookie(farewellCookie, state, farewellLife))
	query := address.Query()
	query.Set("id_token_hint", s.raw)
	query.Set("client_id", s.peer.ClientID)
	query.Set("post_logout_redirect_uri", p.SignedOutURI())
	query.Set("state", state)
	address.RawQuery = query.Encode()
	http.Redirect(w, r, address.String(), http.StatusSeeOther)
}

// signedOut is where the issuer sends somebody whom it signed out. Nobody is
// signed out here by coming to it, and whatever comes along leads nowhere.
func (p *Party) signedOut(w http.ResponseWriter, r *http.Request) {
	to, err := p.ways.Farewell(p, r)
	http.SetCookie(w, p.cookie(farewellCookie, "", -1))
	switch {
	case err != nil:
		p.fail(w, r, err)
	case to != "":
		http.Redirect(w, r, to, http.StatusSeeOther)
	default:
		p.page(w, r, http.StatusOK, page{Title: "Signed out"})
	}
}

// farewell wants the state that went out (RP-Initiated Logout, 3).
func farewell(_ *Party, r *http.Request) (string, error) {
	c, err := r.Cookie(farewellCookie)
	if err != nil || subtle.ConstantTimeCompare([]byte(c.Value), []byte(r.URL.Query().Get("state"))) != 1 {
		return "", refuse("nobody began to sign out here with this state")
	}
	return "", nil
}

// frontLogout ends the session of the browser that loads it, if it is the one
// that iss and sid name (OpenID Connect Front-Channel Logout, 2). Anybody can
// have a browser load this, so it says nothing of what it did.
func (p *Party) frontLogout(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if s := p.session(r); s != nil && p.ways.Departing(s, query.Get("iss"), query.Get("sid")) {
		p.dismiss(w, r)
	}
	// The issuer loads this in a frame of its page.
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	p.page(w, r, http.StatusOK, page{Title: "Signed out"})
}

func departing(s *session, iss, sid string) bool {
	return iss == s.who.Issuer && sid != "" && sid == s.who.Session
}
