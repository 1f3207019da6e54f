package target

import (
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// agents are a session with a relying party: the user agents that go there. They
// may be under way at once, each name with cookies of its own.
type agents struct {
	*RelyingParty
	issuers []*url.URL

	mu    sync.Mutex
	named map[string]*agent
}

// An agent is a user's browser, in so far as it remembers.
type agent struct {
	jar http.CookieJar // of agents that do without JavaScript
	tab tab            // of those in Chromium

	mu       sync.Mutex
	known    map[string]*http.Cookie // by issuer
	given    map[string]*http.Cookie // by the relying party, with all attributes
	signedIn bool                    // it was once
}

// A tab is an agent in a real browser.
type tab interface {
	journey(ctx context.Context, j *journey, a *agent, first step) error
	cookies(ctx context.Context, at []*url.URL) ([]*http.Cookie, error)
	close()
}

// chrome is a running browser.
type chrome interface {
	open(ctx context.Context) (tab, error)
	close() error
}

// agent finds the one of this name, or makes it. A plain one is nobody whom the
// relying party knows, and never in Chromium.
func (s *agents) agent(ctx context.Context, name string, plain bool) (*agent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.named[name]; a != nil && !plain {
		return a, nil
	}
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, err
	}
	a := &agent{jar: jar, known: map[string]*http.Cookie{}, given: map[string]*http.Cookie{}}
	if plain {
		return a, nil
	}
	if s.browser != nil {
		if a.tab, err = s.browser.open(ctx); err != nil {
			return nil, err
		}
	}
	if name != "" {
		s.named[name] = a
	}
	return a, nil
}

// Close forgets all agents.
func (s *agents) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.named {
		if a.tab != nil {
			a.tab.close()
		}
	}
	s.named = map[string]*agent{}
	return nil
}

// Try lets somebody sign in with a fresh agent.
func (s *agents) Try(ctx context.Context, a Attempt) (Verdict, error) {
	arrived, err := s.Go(ctx, Errand{Known: a.Known, Deadline: a.Deadline, Fetching: a.Fetching})
	return arrived.Verdict, err
}

// Go sends an agent on an errand.
func (s *agents) Go(ctx context.Context, e Errand) (Arrival, error) {
	deadline := e.Deadline
	if deadline == 0 {
		deadline = defaultDeadline
	}
	patient, cancel := context.WithTimeout(ctx, deadline+2*time.Second)
	defer cancel()
	began := clock()
	arrived, err := s.send(patient, e)
	arrived.Took = clock().Sub(began)
	arrived.Late = late(arrived.Took, deadline)
	switch {
	case err == nil:
		return arrived, nil
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return arrived, ctx.Err()
	case errors.Is(patient.Err(), context.DeadlineExceeded):
		arrived.Verdict.Answer, arrived.Late = Unavailable, true
		arrived.Claims = nil
		arrived.Reason = "no answer in " + deadline.String()
		if e.Fetching != nil && e.Fetching() {
			arrived.Reason += ", while it waits for the provider"
		}
		return arrived, nil
	}
	return arrived, err
}

// send has the agent go, and judges where it came to.
func (s *agents) send(ctx context.Context, e Errand) (Arrival, error) {
	first, err := s.first(ctx, e)
	if err != nil {
		return Arrival{}, err
	}
	j := s.journey(e)
	// A login page that redirects needs no browser to do so once more, which a
	// flood of visitors would wait for.
	plain := j.single || e.Agent == "" && e.Stay && s.direct.Load()
	a, err := s.agent(ctx, e.Agent, plain)
	if err != nil {
		return Arrival{}, err
	}
	if e.Agent == "" && a.tab != nil {
		defer a.tab.close()
	}
	a.mu.Lock()
	for issuer, cookie := range e.Known {
		a.known[issuer] = cookie
	}
	before := a.signedIn
	for issuer := range a.known {
		if at, err := url.Parse(issuer); err == nil && at.Host != "" && j.issuer(at) < 0 {
			j.issuers = append(j.issuers, at)
		}
	}
	a.mu.Unlock()
	if err := s.walk(ctx, j, a, first); err != nil {
		return j.arrival(), err
	}
	arrived := j.arrival()
	arrived.Verdict = j.verdict(e, before)
	if err := s.confirm(ctx, a, j, e, before, &arrived.Verdict); err != nil {
		return arrived, err
	}
	a.keep(e, arrived.Verdict)
	arrived.Cookies, err = s.cookies(ctx, a)
	return arrived, err
}

// keep remembers whether somebody is signed in, as far as an errand tells.
func (a *agent) keep(e Errand, v Verdict) {
	accepted := v.Answer == Accept
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case signsIn(e):
		a.signedIn = a.signedIn || accepted && !e.Halt && !e.Stay
	case e.To == HomePage && v.Answer != Unavailable:
		a.signedIn = accepted
	case e.To == LogoutPage:
		a.signedIn = a.signedIn && !accepted
	}
}

// walk takes the journey, with Chromium or without.
func (s *agents) walk(ctx context.Context, j *journey, a *agent, first step) error {
	if a.tab != nil {
		return a.tab.journey(ctx, j, a, first)
	}
	return j.walk(ctx, s.RelyingParty, a, first)
}

func (s *agents) journey(e Errand) *journey {
	return &journey{
		rp: s.RelyingParty, issuers: slices.Clone(s.issuers), halt: e.Halt,
		stay:      e.Stay || e.Answer == nil && (e.To == HomePage || e.To == RenewPage),
		delivered: e.Answer != nil || e.To == Callback, answer: e.Answer,
		click: e.Answer == nil && (e.To == "" || e.To == LoginPage), single: e.Answer == nil && e.To == BackChannel,
	}
}

// first is the first step of an errand.
func (s *agents) first(ctx context.Context, e Errand) (step, error) {
	if e.Answer != nil {
		var by *url.URL
		if e.Issuer >= 0 && e.Issuer < len(s.issuers) {
			by = s.issuers[e.Issuer]
		}
		to, err := e.Answer.delivery(by)
		to.header = e.Header
		return to, err
	}
	at, err := s.at(e.To, e.Issuer)
	if errors.Is(err, errUnseen) {
		// A login that is broken off shows it.
		if _, err := s.send(ctx, Errand{Halt: true, Issuer: e.Issuer, Known: e.Known}); err != nil {
			return step{}, err
		}
		at, err = s.at(e.To, e.Issuer)
	}
	if err != nil {
		return step{}, err
	}
	to := *at
	if len(e.Query) > 0 {
		query := to.Query()
		for name, values := range e.Query {
			query[name] = values
		}
		to.RawQuery = query.Encode()
	}
	method := e.Method
	if method == "" {
		method = http.MethodGet
		if e.Form != nil {
			method = http.MethodPost
		}
	}
	header := e.Header.Clone()
	if e.To == HomePage && s.identity.JSON != "" && header.Get("Accept") == "" {
		if header == nil {
			header = http.Header{}
		}
		header.Set("Accept", "application/json, text/html;q=0.9, */*;q=0.8")
	}
	return step{method: method, url: &to, form: e.Form, header: header}, nil
}

// signsIn tells whether an errand is a sign-in.
func signsIn(e Errand) bool {
	if e.Answer != nil {
		return true
	}
	switch e.To {
	case "", LoginPage, Initiate, Callback:
		return true
	}
	return false
}

// confirm asks the page that only who is signed in sees, where there is one: it
// knows better than the page on which a sign-in ends. Of an agent that was
// signed in before, it would say that it still is.
func (s *agents) confirm(ctx context.Context, a *agent, j *journey, e Errand, before bool, v *Verdict) error {
	if !signsIn(e) || e.Halt || e.Stay {
		return nil
	}
	if s.places[HomePage] == nil {
		if j.blind() {
			return &Unsupported{Why: "the answer came in a fragment, which only a script of the page can read: set browser, or home", Feature: "channel"}
		}
		return nil
	}
	if v.Answer != Accept && (before || !j.delivered) {
		return nil
	}
	look := Errand{To: HomePage, Agent: e.Agent}
	first, err := s.first(ctx, look)
	if err != nil {
		return err
	}
	there := s.journey(look)
	if err := s.walk(ctx, there, a, first); err != nil {
		return err
	}
	home := there.verdict(look, before)
	a.keep(look, home)
	switch {
	case v.Answer != Accept && home.Answer == Accept:
		home.Reason = "signed in, although it " + v.Reason
		*v = home
	case v.Answer == Accept:
		if home.Answer != Accept {
			home.Reason = "at home after the sign-in: " + home.Reason
		}
		*v = home
	}
	return nil
}

// cookies are those that the relying party gave the agent and that count still.
func (s *agents) cookies(ctx context.Context, a *agent) ([]*http.Cookie, error) {
	at := s.everywhere()
	for i := range s.pages {
		if c := s.callback(i); c != nil {
			at = append(at, c)
		}
	}
	if a.tab != nil {
		return a.tab.cookies(ctx, at)
	}
	var list []*http.Cookie
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, u := range at {
		for _, c := range a.jar.Cookies(trusted(u)) {
			if known := a.given[c.Name]; known != nil && known.Value == c.Value {
				c = known
			}
			if !slices.ContainsFunc(list, func(o *http.Cookie) bool { return o.Name == c.Name && o.Value == c.Value }) {
				list = append(list, c)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *http.Cookie) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return list, nil
}
