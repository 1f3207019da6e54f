package suites

import (
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

// A still is a case that is one token under one key set at one moment, so that
// it can be kept in a file.
type still struct {
	row     scenarios.Scenario
	play    scenarios.Case
	profile scenarios.Profile
	level   scenarios.Level
	expect  scenarios.Expectation
	faults  []fault.Fault
	algs    []string // one after the other
	signs   string   // in place of them, where not empty
	party   scenarios.Party
	unasked bool
}

// corpusMost is the most octets that token and key set of one case may have
// together.
const corpusMost = 256 << 10

// Why cases are left out of a corpus.
const (
	tooLarge  = "it is larger than anybody wants to keep"
	moves     = "it is a story of several acts: time, rotation, sessions or many presentations"
	served    = "it acts on metadata, replies or connections, which no file has"
	late      = "its key set changes after the session began"
	live      = "it leads to a place that has to be watched"
	unsaid    = "it is judged by what the target does, and not by what it says"
	sometimes = "it acts only sometimes"
	encrypted = "its token is encrypted, which draws randomness of its own"
	elsewhere = "it is for profiles that no corpus serves"
	beside    = "it needs what came with the token or was asked for, beyond a nonce"
	requested = "it is about a request over HTTP or the answer to it"
	impatient = "its answer may take several attempts"
	renewed   = "its key set has members that are new in every process"
)

// stillOf takes a case for what it is, or tells why it is no still.
func stillOf(s scenarios.Scenario, c scenarios.Case) (*still, string) {
	st := &still{row: s, play: c, faults: s.Faults(c), expect: s.Expected(c)}
	applies := false
	for _, p := range []scenarios.Profile{scenarios.IDToken, scenarios.BearerJWT, scenarios.RFC9068, scenarios.JWS} {
		if st.level, applies = s.Applies(p, c); applies {
			st.profile = p
			break
		}
	}
	if !applies {
		return nil, elsewhere
	}
	plot := s.Story(c)
	if open, ok := plot[0].(scenarios.Open); ok && len(open.Issuers) == 1 {
		st.party, plot = open.Issuers[0], plot[1:]
	}
	// A premise only shows that the key set can be used.
	for len(plot) > 1 {
		premise, ok := plot[0].(scenarios.Present)
		if !ok || !premise.Premise || !premise.Honest {
			return nil, moves
		}
		plot = plot[1:]
	}
	p, ok := plot[0].(scenarios.Present)
	if !ok || p.Token != "" || p.Times > 1 || p.AtOnce || p.Amid.PerSecond > 0 || p.Fetches.Set() || st.party.Apart || st.party.Untrusted {
		return nil, moves
	}
	if p.Honest {
		st.faults = fault.Elsewhere(st.faults)
	}
	st.faults = append(slices.Clone(st.faults), p.IdP...)
	st.unasked = p.Unasked
	if p.Expect.Answer != "" {
		st.expect = p.Expect
	}
	if p.Level != "" {
		st.level = p.Level
	}
	if why := st.unkept(); why != "" {
		return nil, why
	}
	st.signs = p.Alg
	want := c.Alg
	if want == "" {
		want = s.Alg
	}
	st.algs = stillAlgs(want)
	return st, ""
}

// unkept tells what about a case no file can hold.
func (st *still) unkept() string {
	for _, f := range st.faults {
		seam := fault.SeamOf(f)
		switch {
		case fault.Inmost(f) != f:
			return sometimes
		case !seam.Token() && seam != fault.SeamKeySet:
			return served
		case seam == fault.SeamKeySet && st.row.Start != scenarios.Cold:
			return late
		}
		switch f.(type) {
		case fault.PublishMany, fault.SetKeySetNames:
			return renewed
		}
		raw, err := fault.Marshal([]fault.Fault{f})
		if err != nil || strings.Contains(string(raw), "{canary") || strings.Contains(string(raw), "{mirror") {
			return live
		}
	}
	switch {
	case st.row.Beside != (scenarios.Beside{}):
		return beside
	case st.row.Oracle == scenarios.ByJournal || st.row.Oracle == scenarios.ByCanary:
		return unsaid
	case st.expect.In != "":
		return impatient
	case slices.Contains(st.row.Needs, "refetch") || slices.Contains(st.play.Needs, "refetch"):
		return moves
	case slices.Contains(append(slices.Clone(st.row.Needs), st.play.Needs...), "encrypted"):
		return encrypted
	case slices.Contains(append(slices.Clone(st.row.Needs), st.play.Needs...), "http-channel"):
		return requested
	}
	return ""
}

// stillAlgs are the algorithms with which a row is kept: the first that fits
// what it asks for, and where it asks for nothing one of RSA and one of an
// elliptic curve, for those who have only the one.
func stillAlgs(want string) []string {
	if want == "" {
		return []string{"RS256", "ES256"}
	}
	if alg := fitting(want, corpusAlgs); alg != "" {
		return []string{alg}
	}
	return nil
}

// fitting is the first algorithm that is what a row asks for; empty if none is.
func fitting(want string, algs []string) string {
	for _, alg := range algs {
		kind := mockidp.KeyType(alg)
		switch {
		case want == alg, want == "" && kind != "" && kind != "oct":
			return alg
		case want == kind && kind != "":
			return alg
		case want == "rs" && slices.Contains([]string{"RS256", "RS384", "RS512"}, alg):
			return alg
		}
	}
	return ""
}

// kindFor is what the tokens of a profile are for.
func kindFor(p scenarios.Profile) mockidp.Kind {
	switch p {
	case scenarios.BearerJWT:
		return mockidp.BearerJWT
	case scenarios.RFC9068:
		return mockidp.AccessToken
	}
	return mockidp.IDToken
}
