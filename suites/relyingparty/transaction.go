package relyingparty

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// A transaction is one sign-in on its way: what was sent to the issuer, and what
// has to come back. It lives in the browser that began it, in a cookie that only
// the party can read and write. So nobody who floods the login page can fill a
// store, or push anybody's transaction out of one.
type transaction struct {
	State    string
	Nonce    string
	Verifier string
	Peer     int // the registration that was chosen
	ReturnTo string
	Started  int64 // seconds
}

// maxTransactions is how many sign-ins one browser may have under way.
const maxTransactions = 8

// cookiePrefix begins the names of cookies that hold transactions. The rest is
// the beginning of the state, so that a callback finds its own.
const cookiePrefix = "login-"

func cookieName(state string) string {
	sum := sha256.Sum256([]byte(state))
	return cookiePrefix + base64.RawURLEncoding.EncodeToString(sum[:9])
}

// secret is 256 bits that nobody can guess: 43 characters of base64url.
func secret(string) string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // it never fails, and ends the process if it would
	return base64.RawURLEncoding.EncodeToString(b)
}

// A seal closes what a browser keeps for the party. The zero value is of no use.
type seal struct{ aead cipher.AEAD }

func newSeal(random io.Reader) (*seal, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fmt.Errorf("relyingparty: key for cookies: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &seal{aead}, nil
}

// close makes the value of the cookie name.
func (s *seal) close(name string, t *transaction) (string, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, text, []byte(name))), nil
}

// open reads the value of the cookie name.
func (s *seal) open(name, value string) (*transaction, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil {
		return nil, err
	}
	text, err := s.aead.Open(nil, nil, sealed, []byte(name))
	if err != nil {
		return nil, err
	}
	t := new(transaction)
	return t, json.Unmarshal(text, t)
}

// begin starts a sign-in with a peer and gives it to the browser.
func (p *Party) begin(w http.ResponseWriter, r *http.Request, one *peer, returnTo string) (*transaction, error) {
	t := &transaction{
		State: p.ways.Secret("state"), Nonce: p.ways.Secret("nonce"), Verifier: p.ways.Secret("verifier"),
		Peer: one.index, ReturnTo: returnTo, Started: p.now().Unix(),
	}
	name := cookieName(t.State)
	value, err := p.seal.close(name, t)
	if err != nil {
		return nil, err
	}
	p.makeRoom(w, r)
	http.SetCookie(w, p.cookie(name, value, transactionLife))
	p.ways.Keep(t)
	return t, nil
}

// makeRoom has the browser forget its oldest transactions where it holds too
// many, and those that nobody can open any more.
func (p *Party) makeRoom(w http.ResponseWriter, r *http.Request) {
	held := p.transactions(r)
	for _, c := range r.Cookies() {
		if _, err := p.seal.open(c.Name, c.Value); err != nil && strings.HasPrefix(c.Name, cookiePrefix) {
			http.SetCookie(w, p.cookie(c.Name, "", -1))
		}
	}
	for len(held) >= maxTransactions {
		oldest := 0
		for i, t := range held {
			if t.Started < held[oldest].Started {
				oldest = i
			}
		}
		http.SetCookie(w, p.cookie(cookieName(held[oldest].State), "", -1))
		held = append(held[:oldest], held[oldest+1:]...)
	}
}

// transactions are those that a browser has under way, in the order of its
// cookies.
func (p *Party) transactions(r *http.Request) []*transaction {
	var held []*transaction
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, cookiePrefix) {
			continue
		}
		if t, err := p.seal.open(c.Name, c.Value); err == nil {
			held = append(held, t)
		}
	}
	return held
}

// claim finds the transaction of a response in the browser that brings it. It
// has to have begun here with this issuer, not too long ago, and is claimed once.
func claim(p *Party, r *http.Request, one *peer, state string) (*transaction, error) {
	if state == "" {
		return nil, refuse("the response has no state; begin at the login page")
	}
	t, err := p.held(r, state)
	if err != nil {
		return nil, err
	}
	if t.Peer != one.index {
		return nil, refuse("this sign-in began with another issuer")
	}
	return t, p.claimOnce(t)
}

// held is the transaction of a state among those of a browser.
func (p *Party) held(r *http.Request, state string) (*transaction, error) {
	name := cookieName(state)
	c, err := r.Cookie(name)
	if err != nil {
		return nil, refuse("this browser began no sign-in with this state; begin at the login page")
	}
	t, err := p.seal.open(name, c.Value)
	if err != nil || subtle.ConstantTimeCompare([]byte(t.State), []byte(state)) != 1 {
		return nil, refuse("the cookie of this sign-in is not from here; begin at the login page")
	}
	return t, nil
}

// claimOnce sees to it that a transaction is not too old and was not claimed
// before.
func (p *Party) claimOnce(t *transaction) error {
	now := p.now()
	if age := now.Sub(time.Unix(t.Started, 0)); age > transactionLife || age < -time.Minute {
		return refuse("this sign-in took too long; begin at the login page")
	}
	if !p.used.add(t.State, now) {
		return refuse("this sign-in was finished before; begin at the login page")
	}
	return nil
}

// spend takes a transaction away from the browser that finished it.
func spend(p *Party, w http.ResponseWriter, t *transaction) {
	http.SetCookie(w, p.cookie(cookieName(t.State), "", -1))
}

// cookie is one of the party's own. A response that is posted from the issuer's
// page is a request from another site, so cookies that are held back from plain
// HTTP may go along; others are left to what the browser thinks best.
func (p *Party) cookie(name, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, MaxAge: int(life / time.Second)}
	if life < 0 {
		c.MaxAge = -1
	}
	if p.secure() {
		c.Secure, c.SameSite = true, http.SameSiteNoneMode
	}
	return c
}

// response reads the parameters of an authorization response, which comes in
// the mode that was asked for and in no other.
func response(r *http.Request, one *peer) (url.Values, error) {
	posted := one.ResponseMode != "query"
	switch {
	case posted && r.Method == http.MethodPost && r.URL.RawQuery == "":
		if err := r.ParseForm(); err != nil {
			return nil, refuse("the response cannot be read; begin at the login page")
		}
		return r.PostForm, nil
	case !posted && r.Method == http.MethodGet:
		params, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return nil, refuse("the response cannot be read; begin at the login page")
		}
		return params, nil
	}
	return nil, refuse("the response came in another mode than the one that was asked for")
}

// single wants every parameter once and of a size that one can read (RFC 6749,
// 3.1).
func single(params url.Values) error {
	for name, values := range params {
		if len(values) > 1 {
			return refuse("a parameter came twice: " + name)
		}
		if len(values[0]) > maxParam {
			return refuse("a parameter is too long: " + name)
		}
	}
	return nil
}
