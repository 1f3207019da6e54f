package target

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// arrival is where a journey came to.
func (j *journey) arrival() Arrival {
	out := Arrival{Hops: j.hops, Answer: j.answer, Foreign: j.ending == foreign}
	if j.at != nil {
		out.URL = j.at.String()
	}
	if j.ending == shown {
		out.Status, out.Header = j.last.status, j.last.header
		out.Body = j.last.body[:min(len(j.last.body), maxKept)]
	}
	return out
}

// verdict is what came of the errand, as far as its last answer tells. before:
// the agent was signed in when it left.
func (j *journey) verdict(e Errand, before bool) Verdict {
	no := func(format string, args ...any) Verdict {
		return Verdict{Answer: Reject, Reason: fmt.Sprintf(format, args...)}
	}
	switch j.ending {
	case halted:
		return Verdict{Answer: Accept, Reason: "the provider answered"}
	case stayed:
		if e.To == HomePage || e.To == RenewPage {
			return no("%s: nobody is signed in", j.why)
		}
		return Verdict{Answer: Accept, Reason: j.why}
	case returned, foreign:
		return no("%s", j.why)
	case circling, silent:
		return Verdict{Answer: Unavailable, Reason: j.why}
	}
	a, said := j.last, j.said()
	switch {
	case j.rp.refused.set() && j.rp.refused.on(a):
		return no("%s, which is how it refuses", said)
	case a.status >= 500 || a.status == http.StatusTooManyRequests:
		return Verdict{Answer: Unavailable, Reason: said}
	case j.issuer(a.url) >= 0 && e.To != LogoutPage:
		return no("%s, which is the provider", said)
	}
	if !signsIn(e) && e.To != HomePage && e.To != RenewPage {
		if a.status >= 200 && a.status < 300 {
			return Verdict{Answer: Accept, Reason: said}
		}
		return no("%s", said)
	}
	explicit, missing := j.shows(e, before)
	if missing != "" {
		return no("%s; %s", said, missing)
	}
	return j.named(e, explicit, said)
}

// named says who is signed in, where the configuration tells how to read it. A
// page that names nobody is one of a relying party where nobody is signed in,
// unless a sign showed it.
func (j *journey) named(e Errand, explicit bool, said string) Verdict {
	v := Verdict{Answer: Accept, Reason: said}
	if !j.rp.identity.set() {
		return v
	}
	sub, why := j.rp.identity.read(j.last)
	v.Claims = claims(sub)
	decides := e.To == HomePage || signsIn(e) && j.rp.places[HomePage] == nil
	if sub == "" && decides {
		v.Reason += "; it names nobody: " + why
		if !explicit {
			v.Answer = Reject
		}
	}
	return v
}

// shows tells whether the last page is one of somebody who is signed in: by the
// sign that is configured, which is explicit, or else by where the errand ended.
// If not, it says what is missing.
func (j *journey) shows(e Errand, before bool) (explicit bool, missing string) {
	a, in := j.last, j.rp.signedIn
	if !signsIn(e) && samePage(a.url, j.rp.places[e.To]) {
		in = in.withoutURL()
	}
	if in.set() {
		if !in.on(a) {
			return true, "the sign of who is signed in is not there"
		}
		return true, ""
	}
	switch {
	case a.status < 200 || a.status > 299:
		return false, "this is no page of somebody who is signed in"
	case !j.theirs(a.url):
		return false, "this is no page of the relying party"
	case j.blind():
		return false, "the answer came in a fragment, which only a script of the page can read"
	case j.atLogin(a.url):
		if !j.delivered && j.begun == 0 && j.click && j.rp.click != nil && !j.pressed {
			return false, "nothing on the login page is " + j.rp.o.Login.Click + ", which has to be clicked"
		}
		if !j.delivered && j.begun == 0 {
			return false, "the login page leads nowhere by itself: set click to what has to be clicked, and browser where that takes a script"
		}
		return false, "it came back to the login page"
	case !signsIn(e), j.delivered, before:
		return false, ""
	}
	return false, "it never came to the callback"
}

// atLogin tells whether a URL is a login page and nothing else. Where a page of
// its own accord sends who is not signed in to the provider, it is the page to
// come back to.
func (j *journey) atLogin(u *url.URL) bool {
	if !j.rp.isLogin(u) || samePage(u, j.rp.places[HomePage]) {
		return false
	}
	if !j.rp.direct.Load() {
		return true
	}
	same := func(other *url.URL) bool { return other != nil && samePage(u, other) && u.RawQuery == other.RawQuery }
	if same(j.first) {
		return false
	}
	for _, p := range j.rp.pages {
		if same(p) {
			return false
		}
	}
	return true
}

// blind tells whether the relying party got an answer in a fragment and showed a
// page to an agent that runs no script.
func (j *journey) blind() bool {
	return j.rp.browser == nil && !j.rp.signedIn.set() && j.delivered && j.answer != nil && j.answer.Mode == "fragment" &&
		j.ending == shown && j.last.status >= 200 && j.last.status < 300 && j.rp.isCallback(j.last.url)
}

// said is the last answer in short.
func (j *journey) said() string {
	a := j.last
	text := strings.TrimSpace(a.text()[:min(len(a.text()), 300)])
	if text != "" {
		text = ": " + text
	}
	return fmt.Sprintf("ended at %s with %d %s%s", shortened(a.url), a.status, http.StatusText(a.status), text)
}
