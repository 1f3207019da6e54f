package suites

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

func mapOf(issuer string, cookie *http.Cookie) map[string]*http.Cookie {
	return map[string]*http.Cookie{issuer: cookie}
}

// errand sends a user agent through the relying party.
func (st *stage) errand(ctx context.Context, e target.Errand) (target.Arrival, error) {
	if err := ctx.Err(); err != nil {
		return target.Arrival{}, err
	}
	switch refused, err := st.ready(ctx); {
	case err != nil:
		return target.Arrival{}, err
	case refused != nil:
		return target.Arrival{Verdict: *refused}, nil
	}
	through, ok := st.session.(target.Browser)
	if !ok {
		return target.Arrival{}, &target.Unsupported{Why: "no user agent goes through it", Feature: "login"}
	}
	e.Deadline, e.Fetching = st.deadline(), st.fetching
	return through.Go(ctx, e)
}

// wanted is what an act expects, at its level.
func (sh *show) wanted(want scenarios.Expectation, level scenarios.Level, premise bool) (sighting, error) {
	if want.Answer == "" {
		want = sh.row.Expected(sh.play)
	}
	if want.Sub != "" {
		sub, err := sh.fill(want.Sub)
		if err != nil {
			return sighting{}, err
		}
		want.Sub = sub
	}
	if level == "" {
		level = sh.level
	}
	s := sighting{
		want: want, level: level, premise: premise, check: sh.row.Check,
		elsewhere: len(sh.standing) > 0, lacks: sh.lacks,
	}
	if want.Prompt != "" {
		d, err := sh.player.duration(want.Prompt)
		if err != nil {
			return sighting{}, err
		}
		s.promptly = d
	}
	return s, nil
}

// stepOf notes an errand for the evidence: who went where, and what the relying
// party made of it.
func (sh *show) stepOf(act scenarios.Act, one *signIn, a target.Arrival, s sighting) {
	step := reports.Step{
		Act: act.Act(), Want: s.want.String(), Got: string(s.verdict.Answer), Times: s.times, At: sh.now().UTC().Format(time.RFC3339),
		Code: reports.Hear(s.verdict.Code).String(), Reason: reports.Hear(s.verdict.Reason, sh.player.secrets()...),
	}
	if s.err != nil {
		step.Got = reports.Hear(s.err.Error(), sh.player.secrets()...).String()
	}
	if one != nil {
		step.Agent = one.agent
		if one.ticket != nil && one.Minted != nil {
			step.Token = excerpt(one.Token)
		}
	}
	for _, u := range append(slices.Clone(a.Hops), a.URL) {
		if u != "" && len(step.URLs) < maxURLs {
			step.URLs = append(step.URLs, reports.Hear(discreet(u), sh.player.secrets()...))
		}
	}
	sh.steps = append(sh.steps, step)
}

// maxURLs is how much of a way is kept.
const maxURLs = 24

// confidential are the parameters whose values a report does without.
var confidential = []string{
	"code", "access_token", "id_token", "refresh_token", "client_secret", "client_assertion", "code_verifier",
	"state", "id_token_hint", "logout_token", "password", "session_state", "SAMLResponse",
}

// discreet is a URL with only the beginning of what in its query or fragment may
// be a secret. The rest of it stays as the target wrote it.
func discreet(raw string) string {
	at := strings.IndexAny(raw, "?#")
	if at < 0 {
		return raw
	}
	parts := strings.FieldsFunc(raw[at:], func(r rune) bool { return r == '?' || r == '&' || r == '#' })
	text, rest := raw[:at], raw[at:]
	for _, part := range parts {
		i := strings.Index(rest, part)
		text += rest[:i]
		rest = rest[i+len(part):]
		name, value, found := strings.Cut(part, "=")
		if found && slices.Contains(confidential, name) {
			part = name + "=" + shortened(value)
		}
		text += part
	}
	return text + rest
}

// shortened keeps so much of a value that two can be told apart.
func shortened(value string) string {
	if len(value) <= 8 {
		return strings.Repeat("·", len(value))
	}
	return value[:6] + "…"
}

// param is a parameter of a request, from its query or else its body.
func param(r mockidp.FlowRequest, name string) string {
	if r.Query.Has(name) {
		return r.Query.Get(name)
	}
	return r.Form.Get(name)
}
