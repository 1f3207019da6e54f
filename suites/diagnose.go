package suites

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// ask shows the target an honest token, and finds out why if it is refused.
func (d *doctor) ask(ctx context.Context) {
	if err := d.p.enter(ctx); err != nil {
		return
	}
	defer d.p.leave()
	alg := d.p.algFor(scenarios.Scenario{}, scenarios.Case{})
	st, err := d.p.stageFor(ctx, d.p.target, d.p.world, plain, scenarios.Case{}, alg)
	defer d.p.retire(st)
	d.st = st
	var honest reaction
	if err == nil {
		honest, err = d.present(ctx)
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		d.find(NoTarget, "%s", d.hear(d.unanswered(err)))
	case honest.Answer == target.Accept && d.brief:
	case honest.Answer == target.Accept:
		d.accepted(ctx, honest)
	case d.p.relies():
		d.diagnoseLogin(ctx, honest)
	default:
		d.diagnose(ctx, honest)
	}
}

// unanswered says that the target gave no verdict, and why.
func (d *doctor) unanswered(err error) string {
	var unsupported *target.Unsupported
	if errors.As(err, &unsupported) {
		return "it cannot be asked about a plain token: " + unsupported.Error()
	}
	var garbled *target.Garbled
	if errors.As(err, &garbled) && target.Address(d.spec) != nil && !strings.HasPrefix(d.spec, "http:") {
		return garbled.How
	}
	if says := silent(err); says != "" {
		return says
	}
	return d.p.tell(err)
}

// A reaction is what a target said to a token, and what it asked the provider for
// meanwhile.
type reaction struct {
	target.Verdict
	said    string // its words, as they may be printed
	asked   int    // requests for the issuer's documents by then
	fetched int    // and those that this token led to
	stirred bool   // it led to anything that shows at the provider
}

// present shows the target a token with these deviations, and takes a second look
// where it could not decide.
func (d *doctor) present(ctx context.Context, faults ...fault.Fault) (reaction, error) {
	before, had := d.stirrings(), d.requests()
	var v target.Verdict
	for range patient {
		if d.st.session == nil {
			v = *d.st.refused
			break
		}
		t, err := d.st.mint(d.st.parties[0], mockidp.Request{Faults: faults})
		if err != nil {
			return reaction{}, err
		}
		if v, err = d.st.try(ctx, t); err != nil {
			return reaction{}, err
		}
		if v.Answer != target.Unavailable || len(faults) > 0 || d.stirrings() == before {
			break
		}
	}
	now := d.stirrings()
	return reaction{v, d.hear(strings.TrimSpace(v.Code + " " + v.Reason)), d.requests(), d.requests() - had, now != before}, nil
}

// requests counts what the target asked the issuer for.
func (d *doctor) requests() int {
	counts := d.st.parties[0].tenant.Journal().Counts()
	return counts[mockidp.Discovery] + counts[mockidp.KeySet] - d.own
}

// stirrings is all that shows of a target at the provider, in a form that can be
// compared.
func (d *doctor) stirrings() string {
	counts := d.st.parties[0].tenant.Journal().Counts()
	return fmt.Sprint(counts, len(d.p.world.idp.Strays()), d.p.world.idp.Handshakes())
}

// accepted looks at what an accepting target does with tokens that are wrong.
func (d *doctor) accepted(ctx context.Context, honest reaction) {
	tenant := d.st.parties[0].tenant
	if d.offBy != 0 {
		d.find(ClockOff, "its Date header and our clock differ by %v, which its leeway hides: set both by the same server, or rows about time are judged wrong", d.offBy.Round(vague))
	}
	d.well(lookProvider, "it asked for the keys of %s", tenant.Issuer())
	if d.atLogin() {
		d.well(lookLogin, "a sign-in went through")
	}
	for _, look := range []string{lookTLS, lookSame, lookClock, lookHonest} {
		d.well(look, "an honest token shows it")
	}
	d.seen[lookHonest] = fmt.Sprintf("after %v", honest.Took.Round(time.Millisecond))
	kinds := []struct {
		says   string
		faults []fault.Fault
	}{
		{"one with a broken signature", []fault.Fault{fault.SetSignatureBits{All: true}}},
		{"one that expired a week ago", []fault.Fault{fault.SetTime{Name: "exp", At: "-168h"}, fault.SetTime{Name: "iat", At: "-169h"}}},
		{"one for another client", []fault.Fault{fault.SetClaim{Name: "aud", Value: `"rogueidp-doctor-nobody"`}}},
		{"one that is no token at all", []fault.Fault{fault.SetText{Text: "rogueidp-doctor"}}},
	}
	var taken []string
	for _, k := range kinds {
		r, err := d.present(ctx, k.faults...)
		if ctx.Err() != nil {
			return
		}
		if err == nil && r.Answer == target.Accept {
			taken = append(taken, k.says)
		}
	}
	switch {
	case len(taken) == len(kinds):
		d.find(AcceptsAll, "it accepts whatever it is shown, %s too: see that the token reaches what validates it, or name a path that wants one", kinds[0].says)
	case len(taken) > 0:
		d.well(lookBroken, "not every one: it accepts %s, which a run will tell more about", strings.Join(taken, " and "))
	default:
		d.well(lookBroken, "%d of %d", len(kinds), len(kinds))
	}
	d.well(lookClient, "a token for %s is accepted", tenant.ClientID())
}

// diagnose finds out why an honest token is refused: by what shows at the
// provider, by tokens that deviate in one thing each, and by the target's words.
func (d *doctor) diagnose(ctx context.Context, honest reaction) {
	honest.stirred = d.settle(ctx) || honest.stirred
	if d.trace(honest) {
		return
	}
	if d.st.session == nil {
		d.notTrusted(honest)
		return
	}
	if d.requests() == 0 && foundNobody(honest) {
		// It may be cooling down from when nobody was here.
		if !honest.Late && d.cooledDown(ctx) {
			return
		}
		if d.trace(honest) {
			return
		}
		if d.requests() == 0 {
			d.unreachable(honest)
			return
		}
	}
	suspects := []func(context.Context, reaction) bool{d.byClock, d.byIssuer, d.byClient, d.byKind}
	for again := range 2 {
		for _, look := range suspects {
			if look(ctx, honest) || ctx.Err() != nil {
				return
			}
		}
		// While it cools down it does not ask, whatever the token says.
		if again == 0 && d.cooledDown(ctx) {
			return
		}
	}
	garbage, err := d.present(ctx, fault.SetText{Text: "rogueidp-doctor"})
	d.conclude(honest, err == nil && garbage.Answer == honest.Answer && pattern(garbage.Reason) == pattern(honest.Reason))
}

// cooledDown waits for a target whose issuer served somebody before: it may still
// be cooling down from that, and accept an honest token in the end.
func (d *doctor) cooledDown(ctx context.Context) bool {
	if d.p.shared == nil {
		return false
	}
	v, err := d.st.honest(ctx, d.st.parties[0])
	if err != nil || v.Answer != target.Accept {
		return ctx.Err() != nil
	}
	if !d.brief {
		d.accepted(ctx, reaction{Verdict: v, asked: d.requests()})
	}
	return true
}

// settle waits a little for what a refusing target did at the provider to show
// there, and tells whether it did anything: a handshake fails on one side first.
func (d *doctor) settle(ctx context.Context) bool {
	tenant := d.st.parties[0].tenant
	idle := fmt.Sprint(map[string]int{}, 0, "")
	if d.own > 0 {
		idle = fmt.Sprint(map[string]int{mockidp.Discovery: d.own}, 0, "")
	}
	for range 30 {
		if tenant.Journal().Open() == 0 && d.stirrings() != idle || d.p.wait(ctx, 10*time.Millisecond) != nil {
			break
		}
	}
	return d.stirrings() != idle
}

// trace finds the cause in what the provider saw.
func (d *doctor) trace(r reaction) bool {
	idp, tenant := d.p.world.idp, d.st.parties[0].tenant
	failed := idp.Handshakes()
	switch {
	case strings.Contains(failed, "HTTP request to an HTTPS server"):
		d.find(PlainHTTP, "it speaks HTTP to a provider that speaks HTTPS: configure it for the issuer %s, with https", tenant.Issuer())
	case failed != "" && d.requests() == 0:
		d.well(lookProvider, "a connection came")
		d.find(UnknownCA, "it does not trust the provider's certificate (%s): give it the authority in %s, or keep one with --tls-dir and install it", d.hear(failed), d.p.authority())
	default:
		return d.strayed()
	}
	return true
}

// strayed tells whether the target asked the provider for another issuer, and for
// none of ours. Metadata lie behind the issuer's path (OpenID Connect Discovery, 4);
// those of RFC 8414 lie before it, and whoever tries these first is not astray.
func (d *doctor) strayed() bool {
	tenant := d.st.parties[0].tenant
	if tenant.Journal().Hits(mockidp.KeySet) > 0 {
		return false
	}
	paths := d.p.world.idp.Strays()
	for _, e := range tenant.Journal().Entries(0) {
		if e.Endpoint == mockidp.Elsewhere {
			paths = append(paths, e.URL)
		}
	}
	for _, path := range paths {
		path, _, _ = strings.Cut(path, "?")
		before, name, ok := strings.Cut(path, "/.well-known/")
		expected := originOf(tenant.Issuer()) + before
		if !ok || strings.Contains(name, "/") || expected == tenant.Issuer() {
			continue
		}
		d.well(lookProvider, "it asked for %s", d.hear(path))
		d.well(lookTLS, "it asked")
		d.mistook(expected)
		return true
	}
	return false
}

// mistook names the issuer that the target expects.
func (d *doctor) mistook(expected string) {
	issuer := d.st.parties[0].tenant.Issuer()
	expects := d.hear(expected)
	switch {
	case strings.TrimRight(expected, "/") == strings.TrimRight(issuer, "/"):
		d.find(OtherSlash, "its issuer and %s differ in the slash at the end: configure it to that very text", issuer)
	case schemeless(expected) == schemeless(issuer):
		d.find(PlainHTTP, "it expects the issuer %s, and the provider's is %s: configure it to that very text", expects, issuer)
	default:
		d.find(OtherIssuer, "it expects the issuer %s, and the provider's is %s: configure it to that very text, or give --issuer what it expects", expects, issuer)
	}
}

// notTrusted is the cause where the target refused to start a session.
func (d *doctor) notTrusted(r reaction) {
	tenant := d.st.parties[0].tenant
	if d.requests() == 0 {
		d.unreachable(r)
		return
	}
	d.well(lookProvider, "it asked for %s", tenant.Issuer())
	d.well(lookTLS, "it asked")
	d.find(RefusesHonest, "it refuses to trust %s%s", tenant.Issuer(), saying(r.said))
}

// authority is where the provider's authority lies.
func (p *Player) authority() string {
	if p.o.Provider.TLSDir != "" {
		return p.o.Provider.TLSDir + "/rogueidp-ca.pem"
	}
	return "ROGUEIDP_CA_FILE"
}

func originOf(issuer string) string {
	scheme, rest, _ := strings.Cut(issuer, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

func schemeless(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	return strings.TrimRight(rest, "/")
}

// mostSaid is how much of a target's words a sentence about it quotes.
const mostSaid = 300

func saying(said string) string {
	if said == "" {
		return ""
	}
	if runes := []rune(said); len(runes) > mostSaid {
		said = string(runes[:mostSaid]) + "…"
	}
	return ", and says: " + said
}
