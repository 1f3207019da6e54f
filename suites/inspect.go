package suites

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// inspect judges what the relying party asked the provider for.
func (sh *show) inspect(a scenarios.Inspect) error {
	level := sh.level
	if a.Level != "" {
		level = a.Level
	}
	requests, err := sh.requests(a)
	if err != nil {
		return err
	}
	f := finding{level: level, want: wish(a), got: fmt.Sprintf("%d requests of %s", len(requests), a.Endpoint)}
	because := ""
	switch {
	case a.Is == "" && len(requests) > 0:
		because = fmt.Sprintf("it asked the %s endpoint %d times, and ought not to have asked at all", a.Endpoint, len(requests))
	case len(requests) == 0 && a.None:
	case len(requests) == 0:
		f.outcome, f.because = reports.Unexercised, fmt.Sprintf("it asked nothing of the %s endpoint, so that there is nothing to look at", a.Endpoint)
	default:
		var absent bool
		if because, absent, err = sh.flaw(a, requests); err != nil {
			return err
		}
		if absent {
			f.outcome, f.because, because = reports.Unexercised, because, ""
		}
	}
	switch {
	case because != "" && a.Premise:
		f.outcome, f.because = reports.Unexercised, because
	case because != "":
		f = sh.judge.miss(f, level, because)
	case f.outcome == "":
		f = sh.judge.granted(f, sighting{level: level})
	}
	sh.steps = append(sh.steps, reports.Step{
		Act: a.Act(), Want: f.want, Got: f.got, Reason: reports.Hear(f.because, sh.player.secrets()...),
		At: sh.now().UTC().Format(time.RFC3339), Times: len(requests),
	})
	f.because = reports.Hear(f.because, sh.player.secrets()...).String()
	sh.hold(f)
	return nil
}

// wish says what an inspection wants.
func wish(a scenarios.Inspect) string {
	if a.Is == "" {
		return "no request of " + a.Endpoint
	}
	words := []string{paramOf(a), a.Is}
	if a.Value != "" {
		words = append(words, a.Value)
	}
	return strings.Join(words, " ") + " at " + a.Endpoint
}

// paramOf is the parameter that an inspection looks at.
func paramOf(a scenarios.Inspect) string {
	if a.Param != "" {
		return a.Param
	}
	switch a.Is {
	case "verifies":
		return "code_verifier"
	case "names-only":
		return "client_assertion"
	case "not-in-url":
		return "access_token"
	}
	return ""
}

// requests are those that an inspection looks at, in order: of one sign-in, or
// all that came to an issuer since the plot began.
func (sh *show) requests(a scenarios.Inspect) ([]mockidp.FlowRequest, error) {
	var all []mockidp.FlowRequest
	if a.Of != "" {
		one, err := sh.signInOf(a.Of)
		if err != nil {
			return nil, err
		}
		all = append(one.visit.visitor.Requests(), one.brought...)
	}
	if at := sh.party(a.At); a.Of == "" || a.At != "" && at != sh.lobby.named[a.Of].by {
		all = nil
		for _, r := range at.tenant.FlowRequests() {
			if !r.Time.Before(sh.began) {
				all = append(all, r)
			}
		}
	}
	return slices.DeleteFunc(all, func(r mockidp.FlowRequest) bool {
		return r.Endpoint != a.Endpoint || a.Asking != "" && !slices.Contains(strings.Fields(param(r, "response_type")), a.Asking)
	}), nil
}

// flaw says what is not as it should be; absent where what it is about was not
// sent at all, so that it can be neither right nor wrong.
func (sh *show) flaw(a scenarios.Inspect, requests []mockidp.FlowRequest) (because string, absent bool, err error) {
	name := paramOf(a)
	value, err := sh.fill(a.Value)
	if err != nil {
		return "", false, err
	}
	values := make([]string, len(requests))
	sent := 0
	for i, r := range requests {
		if values[i] = param(r, name); values[i] != "" {
			sent++
		}
	}
	each := func(wrong func(i int) string) string {
		for i := range requests {
			if why := wrong(i); why != "" {
				return fmt.Sprintf("request %d of %d: %s", i+1, len(requests), why)
			}
		}
		return ""
	}
	missing := func(i int) string {
		if values[i] == "" {
			return "it sent no " + name
		}
		return ""
	}
	switch a.Is {
	case "present":
		because = each(missing)
	case "absent":
		because = each(func(i int) string {
			if values[i] != "" {
				return "it sent " + name
			}
			return ""
		})
	case "equals":
		because = each(func(i int) string {
			if values[i] != value {
				return fmt.Sprintf("its %s is %q", name, clipped(values[i]))
			}
			return ""
		})
	case "unlike":
		because = each(func(i int) string {
			if values[i] == value {
				return fmt.Sprintf("its %s is %q", name, clipped(values[i]))
			}
			return ""
		})
	case "long":
		least, e := strconv.Atoi(value)
		if e != nil {
			return "", false, fmt.Errorf("%s: long wants a number of characters, not %q", sh.row.ID, value)
		}
		because = each(func(i int) string {
			if len(values[i]) < least {
				return fmt.Sprintf("its %s has %d characters, and %d are wanted", name, len(values[i]), least)
			}
			return ""
		})
	case "new":
		because = each(func(i int) string {
			if at := slices.Index(values, values[i]); values[i] != "" && at < i {
				return fmt.Sprintf("it has the %s of request %d", name, at+1)
			}
			return ""
		})
	case "same":
		because = each(func(i int) string {
			if values[i] != values[0] {
				return fmt.Sprintf("its %s is %q, and that of the first %q", name, clipped(values[i]), clipped(values[0]))
			}
			return ""
		})
	case "unguessable":
		if because = each(missing); because == "" {
			because = guessable(name, values)
		}
	case "not-in-url":
		because = each(func(i int) string {
			if requests[i].Query.Has(name) {
				return "it sent " + name + " in the URL"
			}
			return ""
		})
	case "verifies":
		return sh.unverified(a, requests, each)
	case "names-only":
		if sent == 0 {
			return "it authenticates without an assertion", true, nil
		}
		because = each(func(i int) string { return sh.names(a, values[i]) })
	default:
		return "", false, fmt.Errorf("%s: nobody knows how to inspect for %q", sh.row.ID, a.Is)
	}
	return because, false, nil
}

func clipped(text string) string {
	if len(text) > 80 {
		return text[:80] + "…"
	}
	return text
}

// enough is how many bits nobody guesses.
const enough = 128

// guessable says why values could be guessed: they come again, are too short, or
// differ from each other in little.
func guessable(name string, values []string) string {
	for i, v := range values {
		if at := slices.Index(values, v); at < i {
			return fmt.Sprintf("requests %d and %d have the same %s", at+1, i+1, name)
		}
		if n := bits(v); n < enough {
			return fmt.Sprintf("its %s of %d characters has %d bits at most, and %d are wanted", name, len(v), n, enough)
		}
	}
	for i := 1; i < len(values); i++ {
		if n := between(values[i-1], values[i]); n < enough/2 {
			return fmt.Sprintf("requests %d and %d differ in so little of %s that it amounts to %d bits", i, i+1, name, n)
		}
	}
	return ""
}

// bits is the most that a text can hold, by its length and the alphabet that it
// seems to be written in. What only separates groups counts for nothing.
func bits(text string) int {
	text, each := alphabet(text)
	return int(float64(len(text)) * each)
}

// between is the most by which two texts can differ, in bits.
func between(a, b string) int {
	if len(a) != len(b) {
		return enough
	}
	_, each := alphabet(a + b)
	differ := 0
	for i := range len(a) {
		if a[i] != b[i] {
			differ++
		}
	}
	return int(float64(differ) * each)
}

// alphabet is the smallest usual one that a text is written in, in bits for each
// character, and the text without separators.
func alphabet(text string) (string, float64) {
	bare := strings.NewReplacer("-", "", "_", "", ".", "", ":", "").Replace(text)
	in := func(set string) bool { return strings.Trim(bare, set) == "" }
	const digits, small = "0123456789", "abcdefghijklmnopqrstuvwxyz"
	switch {
	case in(digits):
		return bare, math.Log2(10)
	case in(digits + "abcdef"), in(digits + "ABCDEF"):
		return bare, 4
	case in(digits + small), in(digits + strings.ToUpper(small)):
		return bare, math.Log2(36)
	}
	return text, 6
}

// unverified says which code_verifier is not that of its own sign-in: its SHA-256
// has to be the code_challenge (RFC 7636, 4.6).
func (sh *show) unverified(a scenarios.Inspect, requests []mockidp.FlowRequest, each func(func(int) string) string) (string, bool, error) {
	challenges := map[string]bool{}
	for _, one := range sh.lobby.all {
		if a.Of != "" && sh.lobby.named[a.Of] != one {
			continue
		}
		for _, r := range one.visit.visitor.Requests() {
			if c := param(r, "code_challenge"); r.Endpoint == "authorization" && c != "" && param(r, "code_challenge_method") == "S256" {
				challenges[c] = true
			}
		}
	}
	if len(challenges) == 0 {
		return "it sent no code_challenge by S256", false, nil
	}
	return each(func(i int) string {
		if grant := param(requests[i], "grant_type"); grant != "authorization_code" {
			return ""
		}
		verifier := param(requests[i], "code_verifier")
		if verifier == "" {
			return "it sent no code_verifier"
		}
		sum := sha256.Sum256([]byte(verifier))
		if !challenges[base64.RawURLEncoding.EncodeToString(sum[:])] {
			return "its code_verifier is not that of the code_challenge of its own sign-in"
		}
		return ""
	}), false, nil
}

// names says whom a client assertion names besides the provider that it is for.
func (sh *show) names(a scenarios.Inspect, assertion string) string {
	if assertion == "" {
		return "it authenticated without an assertion"
	}
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return "its assertion is no JWT"
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Aud json.RawMessage `json:"aud"`
	}
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return "its assertion does not read"
	}
	var many []string
	if one := ""; json.Unmarshal(claims.Aud, &one) == nil {
		many = []string{one}
	} else if json.Unmarshal(claims.Aud, &many) != nil || len(many) == 0 {
		return "its assertion has no aud"
	}
	by := sh.party(a.At)
	if one := sh.lobby.named[a.Of]; one != nil {
		by = one.by // whom the assertion is for, wherever it was sent
	}
	issuer := by.tenant.Issuer()
	for _, aud := range many {
		if aud != issuer && !strings.HasPrefix(aud, strings.TrimSuffix(issuer, "/")+"/") {
			return fmt.Sprintf("its assertion names %q, too", clipped(aud))
		}
	}
	return ""
}

// requestsSeen is how much each person's requests were when an answer began to be
// delivered.
func (sh *show) requestsSeen() map[*signIn]int {
	seen := map[*signIn]int{}
	for _, one := range sh.lobby.all {
		seen[one] = len(one.visit.visitor.Requests())
	}
	return seen
}

// broughtBy are the requests on behalf of others since then.
func (sh *show) broughtBy(one *signIn, seen map[*signIn]int) []mockidp.FlowRequest {
	var brought []mockidp.FlowRequest
	for other, n := range seen {
		if now := other.visit.visitor.Requests(); other != one && len(now) > n {
			brought = append(brought, now[n:]...)
		}
	}
	return brought
}
