package suites

import (
	"context"
	"fmt"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

// explainSignIn says, by how far an honest sign-in got, why a relying party did
// not take it.
func (p *Player) explainSignIn(ctx context.Context, st *stage, v target.Verdict, said string) string {
	tenant := st.parties[0].tenant
	var last *mockidp.FlowRequest
	asked := map[string]int{}
	for _, r := range tenant.FlowRequests() {
		asked[r.Endpoint]++
		last = &r
	}
	counts := tenant.Journal().Counts()
	failed := st.world.idp.Handshakes()
	switch {
	case last == nil && failed != "" && counts[mockidp.Discovery]+counts[mockidp.KeySet] == 0:
		return fmt.Sprintf("it does not trust the provider's certificate (%s): give it the authority that --tls-dir keeps%s", reports.Hear(failed), said)
	case last == nil && counts[mockidp.Elsewhere] > 0:
		return fmt.Sprintf("it asked the provider for a path that is none: its issuer must be exactly %s%s", tenant.Issuer(), said)
	case last == nil:
		return fmt.Sprintf("its login page never led to the provider: check that the address is where a sign-in begins, and that it is configured for issuer %s and client %s%s", tenant.Issuer(), tenant.ClientID(), said)
	case asked["authorization"] > 0 && last.Endpoint == "authorization" && last.Status >= 400:
		return fmt.Sprintf("the provider answered %d to its authorization request: check that it is configured for client %s, and that its redirect_uri is on this machine or allowed%s", last.Status, tenant.ClientID(), said)
	case last.Endpoint == "authorization":
		return fmt.Sprintf("it was given the provider's answer and never asked for a token: check that its redirect_uri is its own and that it reaches %s from where it runs%s", tenant.Issuer(), said)
	case last.Endpoint == "token" && last.Status >= 400:
		return fmt.Sprintf("the token endpoint answered %d: check its client secret, and that it authenticates as client %s%s", last.Status, tenant.ClientID(), said)
	}
	if why := p.otherClock(ctx, st); why != "" {
		return why
	}
	return fmt.Sprintf("it answers %s to an honest sign-in that came as far as the %s endpoint: check that it is configured for issuer %s and client %s, and how its signed-in page is told%s",
		v.Answer, last.Endpoint, tenant.Issuer(), tenant.ClientID(), said)
}
