package relyingparty

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

func ignoresState(w *ways) {
	w.Claim = func(p *Party, r *http.Request, one *peer, _ string) (*transaction, error) { return p.newest(r, one) }
}

func stateByPresence(w *ways) {
	w.Claim = func(p *Party, r *http.Request, one *peer, state string) (*transaction, error) {
		if state == "" {
			return nil, refuse("the response has no state")
		}
		return p.newest(r, one)
	}
}

func emptyStatePasses(w *ways) {
	w.Claim = func(p *Party, r *http.Request, one *peer, state string) (*transaction, error) {
		if state == "" {
			return p.newest(r, one)
		}
		return claim(p, r, one, state)
	}
}

func stateByPrefix(w *ways) {
	w.Claim = func(p *Party, r *http.Request, one *peer, state string) (*transaction, error) {
		for _, t := range p.transactions(r) {
			if state != "" && strings.HasPrefix(t.State, state) && t.Peer == one.index {
				return t, p.claimOnce(t)
			}
		}
		return nil, refuse("this browser began no sign-in with this state")
	}
}

func stateOfAnybody(w *ways) {
	known := remembers(w)
	w.Claim = func(p *Party, _ *http.Request, one *peer, state string) (*transaction, error) {
		t := known.of(state)
		if t == nil || t.Peer != one.index {
			return nil, refuse("nobody began a sign-in with this state")
		}
		return t, p.claimOnce(t)
	}
}

func stateReusable(w *ways) {
	w.Claim = claimAgain
	w.Spend = func(*Party, http.ResponseWriter, *transaction) {}
}

// claimAgain is claim without a look at whether it was claimed before.
func claimAgain(p *Party, r *http.Request, one *peer, state string) (*transaction, error) {
	t, err := p.held(r, state)
	if err == nil && t.Peer != one.index {
		return nil, refuse("this sign-in began with another issuer")
	}
	return t, err
}

// statesKeptForEver keeps with every sign-in what it would show on the way.
func statesKeptForEver(w *ways) {
	var mu sync.Mutex
	kept := map[string][]byte{}
	w.Keep = func(t *transaction) {
		mu.Lock()
		defer mu.Unlock()
		kept[t.State] = make([]byte, 4<<10)
	}
}

// signsInStrangers has nothing that a stranger would lack: neither PKCE nor a
// nonce that it remembers.
func signsInStrangers(w *ways) {
	tiesNoCode(w)
	w.Claim = func(p *Party, r *http.Request, one *peer, state string) (*transaction, error) {
		if t, err := claim(p, r, one, state); err == nil {
			return t, nil
		}
		return &transaction{State: state, Peer: one.index, ReturnTo: "/", Started: p.now().Unix()}, nil
	}
}

// counting makes one of the secrets a number.
func counting(of string) func(string) string {
	var n atomic.Int64
	return func(what string) string {
		if what == of {
			return strconv.FormatInt(n.Add(1), 10)
		}
		return secret(what)
	}
}

// claimAnywhere is claim without a look at the issuer.
func claimAnywhere(p *Party, r *http.Request, _ *peer, state string) (*transaction, error) {
	t, err := p.held(r, state)
	if err != nil {
		return nil, err
	}
	return t, p.claimOnce(t)
}

func stateForAllIssuers(w *ways) {
	tiesNoCode(w)
	w.Sender = anySender
	w.Claim = claimAnywhere
	w.Origin = func(_ *Party, _ *transaction, at *peer, _ url.Values) (*peer, error) { return at, nil }
}

func callbackOfAnyIssuer(w *ways) {
	w.Claim = claimAnywhere
	w.Sender = anySender
}

func sharedCallback(w *ways) {
	w.Callback = func(int) string { return "/callback" }
	w.Claim = claimAnywhere
	w.Sender = anySender
}

func issuerOfTheResponse(w *ways) {
	w.Claim = claimAnywhere
	w.Sender = anySender
	w.Origin = func(p *Party, t *transaction, _ *peer, params url.Values) (*peer, error) {
		if one := p.peerOf(params.Get("iss")); one != nil {
			return one, nil
		}
		return p.peers[t.Peer], nil
	}
}

func anySender(*peer, *metadata, url.Values) error { return nil }

func issOptional(w *ways) {
	w.Sender = func(one *peer, _ *metadata, params url.Values) error { return sender(one, &metadata{}, params) }
}

func issIfAdvertised(w *ways) {
	w.Sender = func(one *peer, m *metadata, params url.Values) error {
		if !m.SendsIssuer {
			return nil
		}
		return sender(one, m, params)
	}
}

// issAlike compares iss in a way of its own.
func issAlike(alike func(want, got string) bool) func(*ways) {
	return func(w *ways) {
		w.Sender = func(one *peer, m *metadata, params url.Values) error {
			if params.Has("iss") && alike(one.Issuer, params.Get("iss")) {
				return nil
			}
			return sender(one, m, params)
		}
	}
}

func withoutSlash(want, got string) bool {
	return strings.TrimRight(want, "/") == strings.TrimRight(got, "/")
}

func inAnyCase(want, got string) bool { return strings.EqualFold(want, got) }

func byPrefix(want, got string) bool { return strings.HasPrefix(got, want) }

func noPKCE(w *ways) {
	w.Challenge = func(*metadata, string) (string, string) { return "", "" }
	w.Verifier = func(*transaction) string { return "" }
}

func plainPKCE(w *ways) {
	w.Challenge = func(_ *metadata, verifier string) (string, string) { return verifier, "plain" }
}

func pkceAsOffered(w *ways) {
	w.Challenge = func(m *metadata, verifier string) (string, string) {
		if slices.Contains(m.Challenges, "plain") && !slices.Contains(m.Challenges, "S256") {
			return verifier, "plain"
		}
		return challengeS256(m, verifier)
	}
}

func constantVerifier(w *ways) {
	always := secret("verifier")
	w.Secret = verifiers(func() string { return always })
}

// guessableVerifier makes them long enough for RFC 7636, 4.1, with zeros.
func guessableVerifier(w *ways) {
	count := counting("verifier")
	w.Secret = verifiers(func() string { return fmt.Sprintf("%043s", count("verifier")) })
}

func verifiers(made func() string) func(string) string {
	return func(what string) string {
		if what == "verifier" {
			return made()
		}
		return secret(what)
	}
}

func verifierOfTheLatest(w *ways) {
	known := remembers(w)
	w.Verifier = func(*transaction) string { return known.last().Verifier }
}

func tiesNoCode(w *ways) {
	noPKCE(w)
	w.Nonce = anyNonce
}

func remembersCodes(w *ways) {
	type answer struct {
		once sync.Once
		got  *tokens
		err  error
	}
	var answers sync.Map
	w.Claim = claimAgain
	w.Redeem = func(ctx context.Context, p *Party, one *peer, m *metadata, t *transaction, code string) (*tokens, error) {
		kept, _ := answers.LoadOrStore(code, new(answer))
		a := kept.(*answer)
		a.once.Do(func() { a.got, a.err = redeem(ctx, p, one, m, t, code) })
		return a.got, a.err
	}
}
