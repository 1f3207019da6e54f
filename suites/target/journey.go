package target

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Bounds on an errand, so that a relying party that never comes to an end does.
const (
	maxHops   = 20
	maxVisits = 3       // of the same URL by the same method
	maxRead   = 1 << 20 // of a body, unpacked
	maxKept   = 64 << 10
)

// A step is one request of a user agent.
type step struct {
	method string
	url    *url.URL
	form   url.Values // of the body
	header http.Header
	from   *url.URL // the page that sends it here; nil where the errand begins
}

// An ending is how a journey came to its end.
type ending int

const (
	shown    ending = iota // with a page
	halted                 // with the provider's answer, which was not delivered
	stayed                 // before the provider
	returned               // before the provider, a second time
	foreign                // before a host that is nobody's here, or a URL that is none
	circling               // after too many hops
	silent                 // at a provider that did not answer
)

// A journey is one errand under way, whoever drives it: which steps it may take,
// and what it met.
type journey struct {
	rp      *RelyingParty
	issuers []*url.URL
	halt    bool
	stay    bool
	click   bool // it begins at a login page, on which something may have to be clicked
	pressed bool // what has to be clicked
	single  bool // whoever goes there is no browser and follows nothing

	hops   []string
	visits map[string]int
	asked  *authorization // that the provider has not answered yet
	begun  int            // authorization requests

	ending    ending
	why       string   // in the words of a sentence, where it did not end with a page
	at        *url.URL // where it ended
	last      answered // the last answer
	answer    *Response
	delivered bool // the answer came to the relying party
	first     *url.URL
}

// An authorization is a request to a provider's authorization endpoint.
type authorization struct {
	redirectURI string
	issuer      int
}

// to is the redirect_uri, nil where the request does not show it.
func (a *authorization) to() *url.URL {
	to, err := url.Parse(a.redirectURI)
	if err != nil || to.Host == "" {
		return nil
	}
	return to
}

// under tells whether a URL lies under a base.
func under(u, base *url.URL) bool {
	if u == nil || u.Scheme != base.Scheme || hostOf(u) != hostOf(base) {
		return false
	}
	path := strings.TrimSuffix(base.Path, "/")
	return u.Path == path || strings.HasPrefix(u.Path, path+"/") || path == "" && u.Path == ""
}

// hostOf is the host and port of a URL, whether it says the port or not.
func hostOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// issuer is the one under whose URL this one lies, -1 if under none.
func (j *journey) issuer(u *url.URL) int {
	best := -1
	for i, issuer := range j.issuers {
		if under(u, issuer) && (best < 0 || len(issuer.Path) > len(j.issuers[best].Path)) {
			best = i
		}
	}
	return best
}

// theirs tells whether a URL is the relying party's.
func (j *journey) theirs(u *url.URL) bool {
	return u != nil && j.issuer(u) < 0 && j.rp.hosts.has(u)
}

// end ends the journey before a URL.
func (j *journey) end(how ending, at *url.URL, why string) bool {
	j.ending, j.at, j.why = how, at, why
	return false
}

// may decides whether the agent takes a step. If not, the journey is over, and
// it says why.
func (j *journey) may(s step) bool {
	j.at = s.url
	if s.url.Scheme != "https" && s.url.Scheme != "http" || s.url.Host == "" {
		return j.end(foreign, s.url, "it was sent to "+shortened(s.url)+", which is no URL of a page")
	}
	from, to := j.issuer(s.from), j.issuer(s.url)
	if from >= 0 && to < 0 && j.asked != nil && !j.answered(s) {
		return false
	}
	if to >= 0 {
		if j.stay && from < 0 {
			return j.end(stayed, s.url, "it was sent to the provider")
		}
		if a := requested(s); a != nil {
			if a.issuer = to; !j.ask(a, s) {
				return false
			}
		}
	} else if !j.theirs(s.url) {
		return j.end(foreign, s.url, "it was sent to "+shortened(s.url)+", a host that is neither the relying party's nor the provider's")
	}
	if len(j.hops) >= maxHops {
		return j.end(circling, s.url, fmt.Sprintf("it was sent on more than %d times, at last %s", maxHops, j.circle(s.url)))
	}
	if j.visits == nil {
		j.visits = map[string]int{}
	}
	if j.first == nil {
		j.first = s.url
	}
	key := s.method + " " + s.url.String()
	if j.visits[key]++; j.visits[key] > maxVisits {
		return j.end(circling, s.url, "it was sent round in a circle: "+j.circle(s.url))
	}
	return true
}

// circle names the last places that an agent was sent to.
func (j *journey) circle(to *url.URL) string {
	var places []string
	for _, hop := range j.hops[max(0, len(j.hops)-3):] {
		if u, err := url.Parse(hop); err == nil {
			places = append(places, shortened(u))
		}
	}
	return strings.Join(append(places, shortened(to)), " → ")
}

// requested is the authorization request that a step is, nil if it is none
// (OIDC Core 3.1.2.1, RFC 9101, RFC 9126).
func requested(s step) *authorization {
	params := s.url.Query()
	for name, values := range s.form {
		params[name] = values
	}
	for _, sure := range []string{"response_type", "request", "request_uri"} {
		if params.Has(sure) {
			return &authorization{redirectURI: params.Get("redirect_uri")}
		}
	}
	return nil
}

// ask begins a login, if this is the time for one. Who asks the provider again
// although it answered does not take its answer; after an error once more may
// do, as where a login without a prompt is tried first.
func (j *journey) ask(a *authorization, s step) bool {
	if j.delivered && j.answer != nil && (!j.answer.Params.Has("error") || j.begun > 1) {
		return j.end(returned, s.url, "it was sent to the provider again")
	}
	j.asked = a
	j.begun++
	if j.click && !j.pressed {
		j.rp.direct.Store(true)
	}
	return true
}

// answered sees the provider's answer leave for the relying party.
func (j *journey) answered(s step) bool {
	j.answer = responseOf(j.asked, s)
	// A provider answers no redirect_uri that is not registered, so this is one.
	if to, err := url.Parse(j.answer.To); err == nil && (j.asked.redirectURI == "" || samePage(to, j.asked.to())) {
		j.rp.learn(j.asked.issuer, to)
	}
	j.asked = nil
	if j.halt {
		return j.end(halted, s.url, "")
	}
	j.delivered = true
	return true
}

// responseOf is the authorization response that a step carries: in the body, the
// fragment or the query.
func responseOf(a *authorization, s step) *Response {
	to := *s.url
	to.Fragment, to.RawFragment = "", ""
	if s.method == http.MethodPost {
		return &Response{To: to.String(), Mode: "form_post", Params: s.form}
	}
	if params, err := url.ParseQuery(s.url.EscapedFragment()); err == nil && len(params) > 0 {
		return &Response{To: to.String(), Mode: "fragment", Params: params}
	}
	params := to.Query()
	// What the redirect_uri has of its own is no part of the answer.
	to.RawQuery = ""
	if registered := a.to(); registered != nil && registered.RawQuery != "" {
		to.RawQuery = registered.RawQuery
		for name, values := range registered.Query() {
			params[name] = slices.DeleteFunc(params[name], func(v string) bool { return slices.Contains(values, v) })
			if len(params[name]) == 0 {
				delete(params, name)
			}
		}
	}
	return &Response{To: to.String(), Mode: "query", Params: params}
}

// delivery is the step by which a browser brings an answer to the relying party.
func (r *Response) delivery(by *url.URL) (step, error) {
	to, err := url.Parse(r.To)
	if err != nil {
		return step{}, fmt.Errorf("the answer is for %q: %w", r.To, err)
	}
	s := step{method: http.MethodGet, url: to, from: by}
	switch r.Mode {
	case "form_post":
		s.method, s.form = http.MethodPost, r.Params
	case "fragment":
		to.Fragment, to.RawFragment = "", ""
		if to, err = url.Parse(to.String() + "#" + r.Params.Encode()); err != nil {
			return step{}, err
		}
		s.url = to
	case "query", "":
		query := r.Params.Encode()
		if to.RawQuery != "" && query != "" {
			query = to.RawQuery + "&" + query
		} else if query == "" {
			query = to.RawQuery
		}
		to.RawQuery = query
	default:
		return step{}, fmt.Errorf("no answer travels as %q; it is one of query, fragment and form_post", r.Mode)
	}
	return s, nil
}

// shortened is a URL without what would fill a report.
func shortened(u *url.URL) string {
	short := *u
	short.RawQuery, short.ForceQuery, short.Fragment, short.RawFragment, short.User = "", false, "", "", nil
	text := short.String()
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return text
}
