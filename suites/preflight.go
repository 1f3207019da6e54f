package suites

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// Preflight shows the target one honest token before anything is played. If it
// is refused, the answer is one sentence that says what is wrong and what to
// change; empty if all is well.
func (p *Player) Preflight(ctx context.Context) string {
	if len(p.about.Algs) == 0 {
		return "it claims no algorithm; let its hello name at least one in algs"
	}
	var known bool
	for _, profile := range scenarios.Profiles() {
		known = known || string(profile) == p.about.Profile
	}
	if !known {
		return fmt.Sprintf("its profile %q is none; give --profile", p.about.Profile)
	}
	alg := p.algFor(scenarios.Scenario{}, scenarios.Case{})
	if alg == "" {
		return fmt.Sprintf("it claims no algorithm that is known here, only %s", strings.Join(p.about.Algs, ", "))
	}
	if err := p.enter(ctx); err != nil {
		return ""
	}
	defer p.leave()
	st, err := p.stageFor(ctx, p.target, p.world, plain, scenarios.Case{}, alg)
	defer p.retire(st)
	var v target.Verdict
	switch {
	case err == nil && st.session == nil:
		v = *st.refused
	case err == nil:
		v, err = st.honest(ctx, st.parties[0])
	}
	if err == nil && v.Answer == target.Accept || ctx.Err() != nil {
		return "" // an interruption says nothing about the target
	}
	if err != nil {
		return p.explainSilence(err)
	}
	return p.explain(ctx, st, v)
}

func (p *Player) explainSilence(err error) string {
	var unsupported *target.Unsupported
	var hung *target.Hung
	switch {
	case errors.Is(err, context.Canceled):
		return ""
	case errors.As(err, &unsupported):
		return "it cannot be asked about a plain token: " + reports.Hear(unsupported.Error(), p.secrets()...).String()
	case errors.As(err, &hung):
		return "it does not answer at all: " + hung.Error() + "; look at its log"
	}
	return p.tell(err)
}

// explain finds out, by what the provider saw and by a few more tokens, why an
// honest token was refused.
func (p *Player) explain(ctx context.Context, st *stage, v target.Verdict) string {
	said := reports.Hear(v.Reason, p.secrets()...).String()
	if said != "" {
		said = ", and says: " + said
	}
	if p.relies() {
		return p.explainSignIn(ctx, st, v, said)
	}
	tenant := st.parties[0].tenant
	counts := tenant.Journal().Counts()
	asked := counts[mockidp.Discovery] + counts[mockidp.KeySet]
	if asked == 0 && v.Late {
		return "it takes a request and does not answer" + said + "; look at its log, and whether it can reach " + tenant.Issuer()
	}
	if asked == 0 {
		if failed := st.world.idp.Handshakes(); failed != "" {
			return fmt.Sprintf("it does not trust the provider's certificate (%s): give it the authority in ROGUEIDP_CA_FILE, or keep one with --tls-dir and install it%s", reports.Hear(failed), said)
		}
		return fmt.Sprintf("it never asked the provider for keys: check that it reaches %s from where it runs, and that it is configured for that issuer and for client %s%s", tenant.Issuer(), tenant.ClientID(), said)
	}
	if counts[mockidp.Elsewhere] > 0 && counts[mockidp.KeySet] == 0 {
		return fmt.Sprintf("it asked the provider for a path that is none: its issuer must be exactly %s%s", tenant.Issuer(), said)
	}
	if st.session == nil {
		return fmt.Sprintf("it refuses to trust %s%s", tenant.Issuer(), said)
	}
	if why := p.otherClock(ctx, st); why != "" {
		return why
	}
	if st.takes(ctx, fault.RespellClaim{Name: "iss", How: "toggle-slash"}) {
		return fmt.Sprintf("it expects the issuer with another slash at the end than %s has: configure it to that very text", tenant.Issuer())
	}
	return fmt.Sprintf("it answers %s to an honest token for issuer %s and client %s: check that it is configured for both%s",
		v.Answer, tenant.Issuer(), tenant.ClientID(), said)
}

// otherClock says whether what the target minds is the time.
func (p *Player) otherClock(ctx context.Context, st *stage) string {
	if st.takes(ctx, fault.SetTime{Name: "iat", At: "-24h"}, fault.SetTime{Name: "exp", At: "24h"}) {
		return "its clock and ours differ by more than its leeway: set both by the same server"
	}
	return ""
}

// takes tells whether the target accepts a token with these faults.
func (st *stage) takes(ctx context.Context, faults ...fault.Fault) bool {
	t, err := st.mint(st.parties[0], mockidp.Request{Faults: faults})
	if err != nil {
		return false
	}
	v, err := st.try(ctx, t)
	return err == nil && v.Answer == target.Accept
}
