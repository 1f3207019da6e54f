package suites

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/suites/target"
)

// diagnoseLogin finds out, by how far an honest sign-in got, why a relying party
// did not take it.
func (d *doctor) diagnoseLogin(ctx context.Context, honest reaction) {
	if d.settle(ctx); d.trace(honest) {
		return
	}
	tenant := d.st.parties[0].tenant
	var last *mockidp.FlowRequest
	for _, r := range tenant.FlowRequests() {
		last = &r
	}
	if last == nil {
		d.leadsElsewhere(ctx, honest)
		return
	}
	d.met()
	d.well(lookLogin, "it leads to %s", tenant.Issuer())
	said := saying(honest.said)
	switch {
	case last.Endpoint == "authorization" && last.Status >= 400 && asksFor(*last) != "" && asksFor(*last) != tenant.ClientID():
		d.find(OtherClient, "it is configured for client %q, and the provider's is %q: give --client-id what it is configured for, or configure it anew", d.hear(asksFor(*last)), tenant.ClientID())
	case last.Endpoint == "authorization" && last.Status >= 400:
		d.find(RefusesHonest, "the provider answered %d to its authorization request: see that its redirect_uri is on this machine, or allowed%s", last.Status, said)
	case last.Endpoint == "authorization":
		d.find(NoProvider, "it was given the provider's answer and never asked for a token: see that its redirect_uri is its own, and that it reaches %s from where it runs%s", tenant.Issuer(), said)
	case last.Endpoint == "token" && last.Status >= 400:
		d.find(OtherClient, "the token endpoint answered %d: check its client secret, and that it authenticates as client %s%s", last.Status, tenant.ClientID(), said)
	case d.byClock(ctx, reaction{Verdict: honest.Verdict, said: honest.said, asked: honest.asked + 1}):
	default:
		garbage, err := d.present(ctx, fault.SetText{Text: "rogueidp-doctor"})
		alike := err == nil && garbage.Answer == honest.Answer && pattern(garbage.Reason) == pattern(honest.Reason)
		if alike {
			d.find(RefusesAll, "it refuses an honest sign-in in the same words as one without a token: see how its signed-in page is told (login.signedIn), and what else it wants%s", said)
			return
		}
		d.find(RefusesHonest, "it answers %s to an honest sign-in that came as far as the %s endpoint: check that it is configured for issuer %s and client %s, and how its signed-in page is told%s",
			honest.Answer, last.Endpoint, tenant.Issuer(), tenant.ClientID(), said)
	}
}

// asksFor is the client that an authorization request is from.
func asksFor(r mockidp.FlowRequest) string { return param(r, "client_id") }

// leadsElsewhere is a login page from which nobody came to the provider. Where it
// leads instead tells why: to another provider, or to none.
func (d *doctor) leadsElsewhere(ctx context.Context, honest reaction) {
	tenant := d.st.parties[0].tenant
	at := target.Address(d.spec)
	if at == nil {
		d.find(NoLogin, "its login page never led to the provider: see that the address is where a sign-in begins, and that it is configured for issuer %s and client %s%s", tenant.Issuer(), tenant.ClientID(), saying(honest.said))
		return
	}
	to, status := d.follow(ctx, at.String())
	switch {
	case honest.asked > 0 && d.mindsMetadata(ctx):
	case to != nil && to.Query().Get("client_id") != "" && to.Query().Get("redirect_uri") != "":
		expected := strings.TrimRight(to.Scheme+"://"+to.Host+strings.TrimSuffix(to.EscapedPath(), "/authorize"), "/")
		d.well(lookLogin, "it leads to a provider")
		if schemeless(expected) == schemeless(tenant.Issuer()) {
			d.mistook(expected)
			return
		}
		d.find(OtherIssuer, "its login page leads to %s, and the provider's issuer is %s: configure it for that very issuer", d.hear(expected), tenant.Issuer())
	case status == 0 || status >= 500 || troubled(honest.Reason):
		d.unreachable(honest)
	default:
		d.find(NoLogin, "%s never led to the provider: name the URL at which a sign-in begins, and what has to be clicked there (login.click, login.browser)%s", d.hear(at.String()), saying(honest.said))
	}
}

// mindsMetadata tells whether a relying party that read the metadata goes on to
// the provider when they name the issuer in another spelling: then that is the one
// that it is configured for.
func (d *doctor) mindsMetadata(ctx context.Context) bool {
	tenant := d.st.parties[0].tenant
	defer func() { _ = tenant.Behave() }()
	for _, candidate := range respelled(tenant.Issuer()) {
		if tenant.Misbehave(fault.SetMetadata{Name: "issuer", Value: fault.Text(candidate)}) != nil {
			return false
		}
		if _, err := d.present(ctx); err == nil && len(tenant.FlowRequests()) > 0 {
			d.met()
			d.mistook(candidate)
			return true
		}
	}
	return false
}

// maxHops is how many redirects a login page may take on its way to the provider.
const maxHops = 10

// follow is the first address on another host to which a page redirects, and else
// how the last page answers.
func (d *doctor) follow(ctx context.Context, page string) (*url.URL, int) {
	at, status := page, 0
	for range maxHops {
		resp, err := d.get(ctx, at)
		if err != nil {
			return nil, status
		}
		_ = resp.Body.Close()
		status = resp.StatusCode
		to, err := resp.Location()
		if err != nil || status < 300 || status >= 400 || status == http.StatusNotModified {
			return nil, status
		}
		if to.Host != resp.Request.URL.Host {
			return to, status
		}
		at = to.String()
	}
	return nil, status
}
