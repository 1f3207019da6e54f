package mockidp

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// subject is the user whom honest tokens are about.
const subject = "alice"

// A Request asks for a token. The zero value asks for an honest one, signed
// with the tenant's first algorithm.
type Request struct {
	Alg     string
	Nonce   string
	Subject string
	// Claims are set on top of the honest ones, before any fault.
	Claims fault.Object
	// Faults act on this token alone, after those of the tenant.
	Faults []fault.Fault
	// Facts fill further placeholders.
	Facts map[string]string
	With  Beside // what the token speaks of
	// Like takes the claims of another token, so that both begin alike.
	Like *Minted
	// Kind is one of [fault.TokenKinds], for a token as a login makes it. Empty: one
	// of the tenant's kind, on which all faults of tokens act that do not say of
	// which kind.
	Kind string

	visitor *Visitor // for whom it is made
	secret  string   // of the client, where it is not the tenant's own
}

// Minted is a token with what its maker knows of it.
type Minted struct {
	Token string
	Kind  string       // one of [fault.TokenKinds]
	Alg   string       // what the header names
	KID   string       // of the key that the header names
	Set   fault.Object // the claims as they were signed
	// Signer is the key that signed, in the words of [fault.Keys], "secret:" and
	// one of [fault.Secrets], or "nobody".
	Signer string
	// Genuine is false when what the token says was not signed as it stands by
	// a key of the tenant: another key, a secret, a forgery, or a change later.
	Genuine bool
	// Changed are the seams at which faults changed something.
	Changed []fault.Seam
	// Canary is where this token may try to lead whoever reads it.
	Canary *Canary

	key    *key
	active *key // for its algorithm, when it was begun

	unedited bool // edits of its segments left them as they were

	secret string   // of the client it is for
	noting bool     // whether acted is kept
	acted  []string // the faults that changed something
}

// Claim is the value of a claim as a reader sees it who lets the last
// duplicate win and minds the case of letters.
func (m *Minted) Claim(name string) (fault.JSON, bool) { return m.Set.Get(name) }

// Vouches tells whether the tenant published, at this moment, the key that
// signed the token, and the token says what was signed.
func (t *Tenant) Vouches(m *Minted) bool {
	if m.Genuine && m.Signer == "secret:client-secret" && t.symmetric() {
		return true // the secret is agreed on, and published nowhere
	}
	if !m.Genuine || m.key == nil {
		return false
	}
	t.keepUp()
	t.mu.RLock()
	defer t.mu.RUnlock()
	if m.key.public() || t.older.publishes(m.key) {
		return true
	}
	// A key that only a fault publishes is published all the same.
	for _, f := range t.faults {
		if p, ok := fault.Inmost(f).(fault.PublishKey); ok && p.Key == m.Signer {
			return true
		}
	}
	return false
}

// Token is an honest token with this nonce, or whatever the tenant's faults
// make of one. It panics where no key is active; [Tenant.Mint] returns the
// error.
func (t *Tenant) Token(nonce string) string {
	m, err := t.Mint(Request{Nonce: nonce})
	if err != nil {
		panic("mockidp: " + err.Error())
	}
	return m.Token
}

// Mint makes a token: claims, header, signature, compact form, each through
// its seam.
func (t *Tenant) Mint(r Request) (*Minted, error) {
	m := &Minted{Kind: r.Kind, noting: r.Kind != "", secret: or(r.secret, t.cfg.ClientSecret)}
	if m.Kind == "" {
		m.Kind = "access-token"
		if t.cfg.Kind == IDToken {
			m.Kind = "id-token"
		}
	}
	now := t.keepUp()
	alg := t.begin(m, r.Alg)
	faults, err := t.tokenFaults(r, m)
	if err != nil {
		return nil, err
	}

	claims := fault.Claims{Now: now, Alg: alg, Hashed: r.With.hashed()}
	claims.Object = r.With.tell(t.claims(r, now), alg, now)
	apply(m, faults, fault.SeamClaims, &claims, func(f fault.Fault) { f.(fault.ClaimsFault).Claiming(&claims) })

	header := fault.Header{Object: t.header(r.Kind)}
	apply(m, faults, fault.SeamHeader, &header, func(f fault.Fault) { f.(fault.HeaderFault).Heading(&header) })

	signature := fault.Signature{Alg: alg}
	apply(m, faults, fault.SeamSignature, &signature, func(f fault.Fault) { f.(fault.SignatureFault).Signing(&signature) })

	m.Set = claims.Object
	compact, err := t.sign(m, alg, claims, header, signature)
	if err != nil {
		return nil, err
	}
	if m.unedited {
		m.Changed = slices.DeleteFunc(m.Changed, func(s fault.Seam) bool { return s == fault.SeamSignature })
	}
	if t.cfg.Encrypted && isIDToken(r.Kind) {
		compact.Encrypt = fault.Encryption{Alg: "RSA-OAEP", Enc: "A256GCM"}
	}
	signed := compact
	apply(m, faults, fault.SeamCompact, &compact, func(f fault.Fault) { f.(fault.CompactFault).Compacting(&compact) })
	if m.Token, err = t.assemble(m, compact); err != nil {
		return nil, err
	}
	if len(m.Changed) > 0 {
		m.Genuine = m.Genuine && says(compact, signed)
		m.readBack(compact, signed)
	}
	return m, nil
}

// begin settles algorithm and key in one moment: a rotation may change both
// while the token is made.
func (t *Tenant) begin(m *Minted, alg string) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	alg = or(alg, t.first())
	m.active = t.active(alg)
	return alg
}

// tokenFaults are the faults that act on this token, their placeholders filled.
func (t *Tenant) tokenFaults(r Request, m *Minted) ([]fault.Fault, error) {
	t.mu.RLock()
	standing := t.faults
	t.mu.RUnlock()
	t.minted.Lock()
	before := t.minted.next(r.Kind)
	t.minted.Unlock()
	personal, met := r.visitor.tokenFaults(r.Kind)
	if len(standing) == 0 && len(personal) == 0 && len(r.Faults) == 0 {
		return nil, nil
	}
	occasion := fault.Occasion{Seed: t.provider.cfg.Seed, Scenario: t.cfg.Scenario, Endpoint: "token", Of: r.Kind}
	facts := func(name string) (string, bool) {
		switch {
		case name == "nonce" && r.Nonce != "":
			return r.Nonce, true
		case name == "alg":
			return or(r.Alg, t.first()), true
		}
		if fact, ok := r.Facts[name]; ok {
			return fact, true
		}
		if base, part, _ := strings.Cut(name, "."); base == "canary" {
			return t.canaryFact(m, part)
		}
		return t.Fact(name)
	}
	var acting []fault.Fault
	standing = fault.OfToken(standing)
	for i, f := range slices.Concat(standing, personal, r.Faults) {
		kind, o := fault.KindOf(f), occasion
		o.N = before.of(kind)
		switch {
		case i >= len(standing)+len(personal):
			if kind == "" {
				o.Of = "" // meant for this token, whatever it is
			}
		case i >= len(standing):
			o.N = met.of(kind)
		}
		if f = fault.On(f, o); f == nil {
			continue
		}
		if !fault.SeamOf(f).Token() {
			return nil, fmt.Errorf("%s does not act on a token; give it to the tenant instead", f.Fault())
		}
		f, err := fault.Expand(f, facts)
		if err != nil {
			return nil, err
		}
		acting = append(acting, f)
	}
	return acting, nil
}

// Bend changes the compact form of a token that exists already, which needs no
// key. The faults may be of that seam only.
func (t *Tenant) Bend(m *Minted, faults ...fault.Fault) (*Minted, error) {
	parts := strings.Split(m.Token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("only a compact JWS can be bent, not a text of %d parts", len(parts))
	}
	bent := &Minted{Kind: m.Kind, Alg: m.Alg, KID: m.KID, Set: m.Set, Signer: m.Signer, Genuine: m.Genuine, key: m.key}
	acting, err := t.tokenFaults(Request{Faults: faults}, bent)
	if err != nil {
		return nil, err
	}
	compact := fault.Compact{Header: parts[0], Payload: parts[1], Signature: parts[2]}
	signed := compact
	for _, f := range acting {
		if fault.SeamOf(f) != fault.SeamCompact {
			return nil, fmt.Errorf("%s acts before a token is finished, and this one is", f.Fault())
		}
	}
	apply(bent, acting, fault.SeamCompact, &compact, func(f fault.Fault) { f.(fault.CompactFault).Compacting(&compact) })
	if bent.Token, err = t.assemble(bent, compact); err != nil {
		return nil, err
	}
	bent.Genuine = bent.Genuine && says(compact, signed)
	bent.readBack(compact, signed)
	return bent, nil
}

// apply lets the faults of one seam act on what lies there, and notes whether
// that changed anything.
func apply[T any](m *Minted, faults []fault.Fault, seam fault.Seam, state *T, act func(fault.Fault)) {
	var before T
	acted := false
	for _, f := range faults {
		if fault.SeamOf(f) != seam {
			continue
		}
		if !acted {
			before, acted = snapshot(*state), true
		}
		if !m.noting {
			act(f)
			continue
		}
		earlier := snapshot(*state)
		act(f)
		if !reflect.DeepEqual(earlier, *state) {
			m.acted = append(m.acted, f.Fault())
		}
	}
	if acted && !reflect.DeepEqual(before, *state) {
		m.Changed = append(m.Changed, seam)
	}
}

// snapshot copies a seam's state so far that no fault can change the copy.
func snapshot[T any](state T) T {
	switch s := any(&state).(type) {
	case *fault.Claims:
		s.Object = s.Clone()
	case *fault.Header:
		s.Object = s.Clone()
	}
	return state
}

func number(n int64) fault.JSON { return fault.JSON(strconv.FormatInt(n, 10)) }

// encode writes base64url piece by piece into the one string that is returned:
// a token can be 64 MiB long, and every copy of it takes its time.
func encode(b []byte) string {
	var text strings.Builder
	text.Grow(base64.RawURLEncoding.EncodedLen(len(b)))
	var room [1024]byte
	for piece := range slices.Chunk(b, 3*len(room)/4) {
		text.Write(base64.RawURLEncoding.AppendEncode(room[:0], piece))
	}
	return text.String()
}

// says tells whether a token still says what was signed, however it is put
// together.
func says(c, signed fault.Compact) bool {
	switch {
	case c.Text != "", c.Encrypt.Content != "", c.Cut < 0, c.Cut == 1, c.Cut == 2:
		return false
	case c.Form == "empty-signatures":
		return false
	}
	return c.Header == signed.Header && samePayload(c.Payload, signed.Payload)
}

// samePayload tells whether two texts are the same octets.
func samePayload(a, b string) bool {
	if a == b {
		return true
	}
	one, err := decodeText(a)
	if err != nil {
		return false
	}
	other, err := decodeText(b)
	return err == nil && bytes.Equal(one, other)
}

// readBack takes the claims from a payload that changed after it was signed.
func (m *Minted) readBack(c, signed fault.Compact) {
	if c.Payload == signed.Payload {
		return
	}
	raw, err := decodeText(c.Payload)
	if err != nil {
		return
	}
	if set, ok := fault.ReadObject(raw); ok {
		m.Set = set
	}
}

func decodeText(s string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(s) }

// RightSignature is what an answer to a bad token must not hold: the signature
// that would have been right for it, in the spellings of base64url and hex.
// Only algorithms that sign alike every time have one to give away.
func (t *Tenant) RightSignature(m *Minted) []string {
	parts := strings.Split(m.Token, ".")
	if len(parts) != 3 {
		return nil
	}
	input := []byte(parts[0] + "." + parts[1])
	alg, ok := algorithmOf(m.Alg)
	if !ok {
		return nil
	}
	var octets []byte
	switch {
	case alg.kind == kindOct:
		octets = mac(alg, []byte(or(m.secret, t.cfg.ClientSecret)), input)
	case alg.kind == kindRSA && !alg.pss:
		t.mu.RLock()
		signer := t.active(m.Alg)
		t.mu.RUnlock()
		if signer == nil {
			return nil
		}
		var err error
		if octets, err = alg.sign(signer.material, input); err != nil {
			return nil
		}
	default:
		return nil
	}
	return []string{encode(octets), standard64(octets), hex.EncodeToString(octets)}
}
