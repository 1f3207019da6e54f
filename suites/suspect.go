package suites

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/suites/target"
)

// maxSuspects is how many of the target's own words are tried.
const maxSuspects = 8

// answersTo tells whether the target accepts a token with these deviations, or
// begins to ask the provider because of it: then it got further than with an
// honest one.
func (d *doctor) answersTo(ctx context.Context, honest reaction, faults ...fault.Fault) (reaction, bool) {
	r, err := d.present(ctx, faults...)
	if err != nil {
		return r, false
	}
	return r, r.Answer == target.Accept || honest.asked == 0 && (r.fetched > 0 || r.stirred && !honest.stirred)
}

// byClock tries tokens that hold for a day in both directions, and then in one.
func (d *doctor) byClock(ctx context.Context, honest reaction) bool {
	early := fault.SetTime{Name: "iat", At: "-24h"}
	late := fault.SetTime{Name: "exp", At: "24h"}
	if _, ok := d.answersTo(ctx, honest, early, late); !ok {
		return false
	}
	d.met()
	d.well(lookSame, "a token that holds for longer is accepted")
	d.well(lookClient, "a token that holds for longer is accepted")
	which := "its clock and ours differ by more than its leeway"
	if r, err := d.present(ctx, late); err == nil && r.Answer == target.Accept {
		which = "its clock is ahead of ours by more than its leeway"
	} else if r, err := d.present(ctx, early); err == nil && r.Answer == target.Accept {
		which = "its clock is behind ours by more than its leeway"
	}
	if d.offBy != 0 {
		which += ", by " + d.offBy.Abs().Round(vague).String() + " if its Date header is right"
	}
	d.find(ClockOff, "%s: set both by the same server", which)
	return true
}

// byIssuer tries the issuers that the target may be configured for: ours in
// another spelling, and what its words name.
func (d *doctor) byIssuer(ctx context.Context, honest reaction) bool {
	ours := d.st.parties[0].tenant.Issuer()
	named := slices.DeleteFunc(urls(honest.Reason), func(u string) bool { return u == ours || d.ourOwn(u) })
	for _, candidate := range append(named[:min(len(named), maxSuspects)], respelled(ours)...) {
		r, ok := d.answersTo(ctx, honest, fault.SetClaim{Name: "iss", Value: fault.Text(candidate)})
		if !ok && !(slices.Contains(named, candidate) && other(r, honest)) {
			continue
		}
		if d.requests() > 0 {
			d.met()
		}
		if !d.trace(r) {
			d.mistook(candidate)
		}
		return true
	}
	return false
}

// other tells whether the target has other words for a token that agrees with what
// it named itself: then it got further with it. It may not accept it, or even ask,
// while it cools down from what was asked before.
func other(r, honest reaction) bool {
	return r.Answer != "" && (r.Answer != honest.Answer || pattern(r.Reason) != pattern(honest.Reason))
}

// ourOwn tells whether a URL is one of the provider's documents.
func (d *doctor) ourOwn(u string) bool {
	tenant := d.st.parties[0].tenant
	return u == tenant.JWKSURI() || strings.HasPrefix(u, strings.TrimSuffix(tenant.Issuer(), "/")+"/.well-known/")
}

// byClient tries the clients that the target's words name.
func (d *doctor) byClient(ctx context.Context, honest reaction) bool {
	tenant := d.st.parties[0].tenant
	for i, candidate := range quoted(honest.Reason) {
		if i == maxSuspects {
			break
		}
		if candidate == tenant.ClientID() || candidate == tenant.Issuer() {
			continue
		}
		r, ok := d.answersTo(ctx, honest, fault.SetClaim{Name: "aud", Value: fault.Text(candidate)})
		if ok {
			d.met()
			d.well(lookSame, "a token for another client is accepted")
			d.well(lookClock, "a token for another client is accepted")
		}
		if ok || anAudience.MatchString(honest.Reason) && other(r, honest) {
			d.find(OtherClient, "it is configured for client %q, and tokens are for %q: give --client-id what it is configured for, or configure it anew", d.hear(candidate), tenant.ClientID())
			return true
		}
	}
	return false
}

// byKind tries tokens of other algorithms, and of RFC 9068.
func (d *doctor) byKind(ctx context.Context, honest reaction) bool {
	for _, alg := range []string{"RS256", "ES256", "PS256"} {
		if alg == d.st.alg || !d.offers(alg) {
			continue
		}
		if r, err := d.presentAs(ctx, alg); err == nil && r.Answer == target.Accept {
			d.met()
			d.find(OtherAlg, "it takes tokens signed with %s, and not with %s: give --algs %s", alg, d.st.alg, alg)
			return true
		}
	}
	client := fault.Text(d.st.parties[0].tenant.ClientID())
	access := []fault.Fault{fault.SetHeader{Name: "typ", Value: `"at+jwt"`}, fault.SetClaim{Name: "client_id", Value: client}}
	if r, err := d.present(ctx, access...); err == nil && r.Answer == target.Accept {
		d.met()
		d.find(OtherType, "it takes access tokens of RFC 9068 alone: give --profile rfc9068")
		return true
	}
	return false
}

// presentAs shows an honest token of another algorithm, which the provider has a
// key for.
func (d *doctor) presentAs(ctx context.Context, alg string) (reaction, error) {
	was := d.st.alg
	d.st.alg = alg
	defer func() { d.st.alg = was }()
	return d.present(ctx)
}

// offers tells whether the issuer has a key for an algorithm.
func (d *doctor) offers(alg string) bool {
	return mockidp.KeyType(alg) == mockidp.KeyType(d.st.alg) || alg == secondAlg(d.st.alg)
}

// met notes that the target and the provider have met.
func (d *doctor) met() {
	d.well(lookProvider, "it asked for the keys of %s", d.st.parties[0].tenant.Issuer())
	d.well(lookTLS, "it asked")
}

// conclude names a cause when nothing that was tried tells more. alike: garbage is
// refused in the same words.
func (d *doctor) conclude(honest reaction, alike bool) {
	tenant := d.st.parties[0].tenant
	switch {
	case honest.asked == 0 && alike:
		d.find(RefusesAll, "it refuses everything in the same words, an honest token and one that is none, and never asked %s for keys: see that the token reaches what validates it, that this reaches the provider, and that it is configured for that issuer and for client %s%s", tenant.Issuer(), tenant.ClientID(), saying(honest.said))
	case honest.asked == 0:
		d.find(NeverAsked, "it never asked the provider for keys: check that it reaches %s from where it runs, and that it is configured for that issuer and for client %s%s", tenant.Issuer(), tenant.ClientID(), saying(honest.said))
	case alike:
		d.met()
		d.find(RefusesAll, "it refuses everything in the same words, an honest token and one that is none, though it asked for the keys: see what else it wants than a token, such as a scope or a role%s", saying(honest.said))
	default:
		d.met()
		d.find(RefusesHonest, "it answers %s to an honest token for issuer %s and client %s, though it asked for the keys: check that it is configured for both%s", honest.Answer, tenant.Issuer(), tenant.ClientID(), saying(honest.said))
	}
}

// foundNobody tells whether a target could not decide because it found nobody to ask, by
// its answer or its words.
func foundNobody(r reaction) bool { return r.Answer == target.Unavailable || troubled(r.Reason) }

// unreachable is a target that tries to reach the provider, and does not; or that
// looks for another one.
func (d *doctor) unreachable(r reaction) {
	issuer := d.st.parties[0].tenant.Issuer()
	for _, u := range urls(r.Reason) {
		if expected, _, found := strings.Cut(u, "/.well-known/"); found && expected != strings.TrimSuffix(issuer, "/") {
			d.mistook(expected)
			return
		}
	}
	if r.Late {
		d.find(NoProvider, "it takes a request and does not answer%s; look at its log, and whether it can reach %s", saying(r.said), issuer)
		return
	}
	d.find(NoProvider, "it does not reach the provider at %s from where it runs: check port and firewall, and that in a container localhost is the container itself (--listen 0.0.0.0:7443 --host host.docker.internal)%s", issuer, saying(r.said))
}

// respelled are spellings of an issuer that are easily taken for it.
func respelled(issuer string) []string {
	list := []string{issuer + "/"}
	if bare, ok := strings.CutSuffix(issuer, "/"); ok {
		list = []string{bare}
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return list
	}
	other := *u
	other.Scheme = map[string]string{"https": "http", "http": "https"}[u.Scheme]
	list = append(list, other.String())
	for _, host := range []string{"localhost", "127.0.0.1", "host.docker.internal"} {
		if other = *u; u.Hostname() != host && u.Port() != "" {
			other.Host = host + ":" + u.Port()
			list = append(list, other.String())
		}
	}
	if u.Path != "" {
		list = append(list, originOf(issuer))
	}
	return list
}

var (
	anURL = regexp.MustCompile(`https?://[^\s"'<>,;()\[\]{}\\]+`)
	// anAudience is in words about whom a token is for.
	anAudience = regexp.MustCompile(`(?i)\baud\b|audience|client`)
	aNumber    = regexp.MustCompile(`[0-9]+`)
	troubles   = []string{
		"connection refused", "econnrefused", "no such host", "enotfound", "name resolution", "unknown host", "unreachable",
		"timed out", "timeout", "deadline exceeded", "connection reset", "econnreset", "dial tcp",
	}
)

// troubled tells whether words are about a network on which nobody answers.
func troubled(reason string) bool {
	reason = strings.ToLower(reason)
	return slices.ContainsFunc(troubles, func(t string) bool { return strings.Contains(reason, t) })
}

// urls are those that words name, without the sign that ends a sentence.
func urls(reason string) []string {
	var list []string
	for _, u := range anURL.FindAllString(reason, -1) {
		if u = strings.TrimRight(u, ".:!?"); !slices.Contains(list, u) {
			list = append(list, u)
		}
	}
	return list
}

// pieces are what stands between quotation marks of any kind, whichever of them
// begin and which end something: a word, or the text around it.
func pieces(reason string) []string {
	return strings.FieldsFunc(reason, func(r rune) bool { return strings.ContainsRune("\"'`“”‘’\\", r) })
}

// isWord tells a word that was quoted from the text around it.
func isWord(piece string) bool {
	return len(piece) <= 100 && piece != "" && strings.TrimSpace(piece) == piece
}

// quoted are the words in quotes.
func quoted(reason string) []string {
	all := pieces(reason)
	if len(all) < 2 {
		return nil
	}
	var list []string
	for _, word := range all {
		if isWord(word) && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// pattern is what stays of words when all that depends on the token is gone.
func pattern(reason string) string {
	all := pieces(anURL.ReplaceAllString(reason, "URL"))
	for i, piece := range all {
		if len(all) > 1 && isWord(piece) {
			all[i] = "WORD"
		}
	}
	return aNumber.ReplaceAllString(strings.Join(all, ""), "0")
}
