package suites

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites/relyingparty"
)

// What keeps an honest sign-in from working is said in one sentence, by how far
// it got.
func TestPreflightOfALogin(t *testing.T) {
	t.Parallel()
	misconfigured := func(change func(r *relyingparty.Registration, base string)) place {
		return configured(t, func(base string, clients []mockidp.TenantConfig, transport http.RoundTripper) http.Handler {
			r := relyingparty.Registration{Issuer: clients[0].Issuer, ClientID: clients[0].ClientID, ClientSecret: clients[0].ClientSecret}
			change(&r, base)
			p, err := relyingparty.New(relyingparty.Config{BaseURL: base, Transport: transport, Registrations: []relyingparty.Registration{r}})
			if err != nil {
				t.Fatal(err)
			}
			return p
		})
	}
	elsewhere := configured(t, func(string, []mockidp.TenantConfig, http.RoundTripper) http.Handler { return http.NotFoundHandler() })
	for name, one := range map[string]struct {
		at   place
		says string
	}{
		"all is well":    {partyWith(t, ""), ""},
		"no login page":  {elsewhere, "never led to the provider"},
		"wrong client":   {misconfigured(func(r *relyingparty.Registration, _ string) { r.ClientID = "nobody" }), "it is configured for client \"nobody\", and the provider's is \"My-client\""},
		"wrong secret":   {misconfigured(func(r *relyingparty.Registration, _ string) { r.ClientSecret = "not-the-secret" }), "the token endpoint answered 401: check its client secret"},
		"another issuer": {misconfigured(func(r *relyingparty.Registration, _ string) { r.Issuer += "/x" }), "configure it to that very text"},
		"never redeems": {gullible(t, nil, func(url.Values, func() map[string]any) (string, bool) { return "", false }),
			"never asked for a token"},
		"refuses in the end": {gullible(t, nil, func(_ url.Values, redeem func() map[string]any) (string, bool) { redeem(); return "", false }),
			"it refuses an honest sign-in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := Meet(t.Context(), one.at.url, one.at.way, one.at.o)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			p.facts["cooldown"] = "0s" // a refusal is one at once
			got := p.Preflight(t.Context())
			if one.says == "" && got != "" || !strings.Contains(got, one.says) || strings.Contains(got, one.at.o.Fixed.ClientSecret) {
				t.Errorf("it says %q, want %q", got, one.says)
			}
		})
	}
}

// Nothing can be drilled or kept for later of a relying party, and the drill says
// so.
func TestADrillOfALogin(t *testing.T) {
	t.Parallel()
	p := facing(t, newParties("", nil), Options{})
	for _, d := range p.Drill(t.Context(), DrillOptions{Policies: mockidp.Policies()[:1], Scale: 1}) {
		for _, number := range []string{"outage", "exposure", "amplification", "starvation", "herd"} {
			if !strings.Contains(d.Unsupported[number], "a relying party gets its tokens from the provider") {
				t.Errorf("%s: %q", number, d.Unsupported[number])
			}
		}
	}
}
