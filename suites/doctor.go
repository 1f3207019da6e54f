package suites

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A Cause is why a target cannot be tested as it stands, in a word.
type Cause string

// The causes.
const (
	NoTarget      Cause = "no-target"        // nobody answers where the target should be
	ForcedHTTPS   Cause = "forced-https"     // the target sends everybody to HTTPS
	Misplaced     Cause = "misplaced-issuer" // the issuer is not where the provider listens
	NoProvider    Cause = "no-provider"      // the target does not reach the provider
	NeverAsked    Cause = "never-asked"      // it never asked, and nothing says why
	UnknownCA     Cause = "unknown-ca"       // it does not trust the provider's certificate
	PlainHTTP     Cause = "plain-http"       // one side speaks HTTP where the other has HTTPS
	OtherIssuer   Cause = "other-issuer"     // it is configured for another issuer
	OtherSlash    Cause = "slash"            // the same but for the slash at its end
	ClockOff      Cause = "clock"            // its clock and ours differ
	OtherClient   Cause = "other-client"     // it is configured for another client
	OtherAlg      Cause = "other-algorithm"  // it takes tokens of another algorithm
	OtherType     Cause = "other-type"       // it takes tokens of another type
	NoLogin       Cause = "no-login"         // its login page does not lead to a provider
	RefusesHonest Cause = "refuses-honest"   // an honest token, and not all others
	RefusesAll    Cause = "refuses-all"      // every token in the same words
	AcceptsAll    Cause = "accepts-all"      // every token, or none at all
)

// What a doctor looks at, in order.
const (
	lookTarget   = "the target is reached from here"
	lookIssuer   = "the issuer leads to this provider"
	lookLogin    = "the login page leads to the provider"
	lookProvider = "the target reaches the provider"
	lookTLS      = "the target trusts the provider's certificate"
	lookSame     = "both mean the same issuer"
	lookClock    = "the clocks agree"
	lookClient   = "tokens are for the target's client"
	lookHonest   = "an honest token is accepted"
	lookBroken   = "a broken token is refused"
	lookCan      = "what it can be asked"
	lookTime     = "how long a run takes"
)

// shows is what a cause makes wrong.
var shows = map[Cause]string{
	NoTarget: lookTarget, ForcedHTTPS: lookTarget, Misplaced: lookIssuer, NoLogin: lookLogin,
	NoProvider: lookProvider, NeverAsked: lookProvider, UnknownCA: lookTLS, PlainHTTP: lookTLS,
	OtherIssuer: lookSame, OtherSlash: lookSame, ClockOff: lookClock, OtherClient: lookClient,
	OtherAlg: lookHonest, OtherType: lookHonest, RefusesHonest: lookHonest, RefusesAll: lookHonest, AcceptsAll: lookBroken,
}

// An Examined is one thing that a doctor looked at.
type Examined struct {
	Look string
	// Says is one sentence: what was seen or, with a Cause, what is wrong and what
	// to do about it.
	Says  string
	Cause Cause // empty where nothing is wrong
	Left  bool  // it could not be looked at
}

// Examine looks at a target before anything is played, and names the one cause
// for which it cannot be tested, if there is one: what a wrong token says is worth
// nothing before an honest one was accepted. The error is a spelling or a
// configuration that is none.
func Examine(ctx context.Context, spec string, reach target.Options, o Options) ([]Examined, error) {
	d := &doctor{spec: spec, seen: map[string]string{}}
	p, err := Meet(ctx, spec, reach, o)
	if err != nil {
		if says := silent(err); says != "" && ctx.Err() == nil {
			d.find(NoTarget, "%s", reports.Hear(says, append([]string{o.Fixed.ClientSecret}, reach.Secrets...)...).String())
			return d.tell(), nil
		}
		return nil, err
	}
	defer p.Close()
	d.p = p
	if err := p.fit(); err != "" {
		return nil, errors.New(err)
	}
	if d.knock(ctx); d.cause == "" {
		d.locate(ctx)
	}
	if d.cause == "" {
		d.ask(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return d.tell(), nil
}

// A doctor is one examination.
type doctor struct {
	spec  string
	p     *Player
	seen  map[string]string // what was found to be well, and how that shows
	cause Cause
	says  string

	brief bool // an honest token is all that is shown to a target that accepts it
	st    *stage
	offBy time.Duration // the target's clock, by its Date header, if it differs
	own   int           // requests to the issuer that the doctor made
}

func (d *doctor) find(c Cause, format string, args ...any) {
	if d.cause == "" {
		d.cause, d.says = c, fmt.Sprintf(format, args...)
	}
}

func (d *doctor) well(look, format string, args ...any) {
	if d.seen[look] == "" {
		d.seen[look] = fmt.Sprintf(format, args...)
	}
}

// tell puts in order what was seen.
func (d *doctor) tell() []Examined {
	looks := []string{lookTarget, lookIssuer, lookLogin, lookProvider, lookTLS, lookSame, lookClock, lookClient, lookHonest, lookBroken}
	var list []Examined
	for _, look := range looks {
		seen, ok := d.seen[look]
		switch {
		case d.cause != "" && shows[d.cause] == look:
			list = append(list, Examined{Look: look, Says: d.says, Cause: d.cause})
		case ok:
			list = append(list, Examined{Look: look, Says: seen})
		case look == lookLogin && !d.atLogin(), look == lookIssuer && (d.p == nil || d.p.shared == nil):
		case d.cause != "":
			list = append(list, Examined{Look: look, Says: "not known until " + shows[d.cause], Left: true})
		}
	}
	if d.p != nil {
		list = append(list, d.p.abilities()...)
	}
	return list
}

// atLogin tells whether the target is a relying party.
func (d *doctor) atLogin() bool {
	return strings.HasPrefix(d.spec, "login:") || d.p != nil && d.p.relies()
}

// silent says why a target could not even be opened, if it is that; empty where
// the spelling or the provider's own address is wrong.
func silent(err error) string {
	var hung *target.Hung
	var crashed *target.Crashed
	var garbled *target.Garbled
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "listen":
		return ""
	case errors.As(err, &op) && op.Op == "dial", errors.As(err, &crashed) && troubled(crashed.How):
		return "nobody listens there: start the target, or correct the host and the port: " + err.Error()
	case errors.As(err, &hung):
		return "it does not answer: look at its log: " + err.Error()
	case errors.As(err, &crashed):
		return "it ends in place of answering: look at its log: " + err.Error()
	case errors.As(err, &garbled):
		said := ""
		if line := strings.TrimSpace(garbled.Line); line != "" {
			said = ": " + line
		}
		return "what answers is no adapter: correct the spelling, or see rogueidp check-adapter: " + err.Error() + said
	}
	return ""
}

// fit says why a target could not be tested whatever it answers; empty where it
// can.
func (p *Player) fit() string {
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
	if p.algFor(scenarios.Scenario{}, scenarios.Case{}) == "" {
		return fmt.Sprintf("it claims no algorithm that is known here, only %s", strings.Join(p.about.Algs, ", "))
	}
	return ""
}
