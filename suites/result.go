package suites

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// clock is how time passed in a take, or would have.
func (tk *take) clock(p *Player) string {
	if tk.stage != nil {
		return tk.stage.timing.String()
	}
	return p.base()
}

// secrets are what no report may hold.
func (p *Player) secrets() []string {
	hidden := append([]string{p.o.Fixed.ClientSecret}, p.reach.Secrets...)
	if p.shared != nil {
		hidden = append(hidden, p.shared.ClientSecret())
	}
	for _, other := range p.others {
		hidden = append(hidden, other.ClientSecret())
	}
	return hidden
}

// result writes down what came of a take.
func (p *Player) result(tk *take) reports.Result {
	s, f := tk.row, tk.finding
	r := reports.Result{
		Target: p.about.Name, ID: s.ID, Case: tk.play.Name, Title: s.Title, Family: s.Family(), Check: int(s.Check),
		Profile: p.about.Profile, Core: !s.Extended, Level: string(f.level), Floor: f.floor, Severity: string(s.Severity),
		Outcome: f.outcome, Want: f.want, Got: f.got, Code: reports.Hear(f.verdict.Code).String(),
		Reason: reports.Hear(f.verdict.Reason, p.secrets()...), Because: f.because, Feature: f.feature,
		Fetches: tk.fetches, Took: reports.Duration(tk.took.Round(time.Millisecond)), Clock: tk.clock(p),
		Provider: tk.provider(), Replay: p.replay(tk),
	}
	if r.Level == "" {
		r.Level = string(tk.level)
	}
	for _, c := range s.Cites {
		if c.Requirement != nil && !slices.Contains(c.Requirement.Applies, p.Profile()) {
			continue
		}
		r.Cites = append(r.Cites, c.String())
		if c.Requirement != nil {
			r.Says = append(r.Says, c.Requirement.Says)
		}
	}
	if len(r.Cites) == 0 {
		for _, c := range s.Cites {
			r.Cites = append(r.Cites, c.String())
		}
	}
	// What no request can carry is nobody's to exercise, nor what takes an issuer
	// that a target which was configured once does not know.
	nobodys := f.feature == "channel" || f.feature == "issuer of its own" && p.shared != nil
	r.Incomplete = tk.required && !nobodys && !f.foreign && (f.outcome == reports.Unexercised || f.outcome == reports.Unsupported)
	r.Evidence = p.evidence(tk)
	p.watchCanaries(tk, r)
	return r
}

// provider is all that the provider did wrong, as the admin API takes it.
func (tk *take) provider() []byte {
	faults := tk.row.Faults(tk.play)
	for _, a := range tk.row.Story(tk.play) {
		faults = append(faults, scenarios.FaultsOf(a)...)
	}
	raw, err := fault.Marshal(faults)
	if err != nil {
		return []byte("[]")
	}
	return raw
}

// replay is the command that plays this case again.
func (p *Player) replay(tk *take) string {
	name := tk.row.ID
	if tk.play.Name != "" {
		name += "/" + tk.play.Name
	}
	command := p.o.Command
	if command == "" {
		command = "rogueidp run --target " + Quoted(p.spec)
	}
	return fmt.Sprintf("%s --only %s --seed %d", command, Quoted(name), p.o.Seed)
}

// Quoted is a word as a shell reads it.
func Quoted(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@,+", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// evidence is what a reviewer may want to see.
func (p *Player) evidence(tk *take) reports.Evidence {
	e := reports.Evidence{Steps: tk.steps, Stderr: reports.Hear(tk.finding.stderr, p.secrets()...)}
	if tk.stage == nil {
		return e
	}
	if p.relies() && p.beside(tk.row, tk.play) {
		e.Exchanges = tk.asked()
	}
	for _, party := range tk.stage.parties {
		entries := party.tenant.Journal().Entries(tk.stage.marks[party].seq)
		if p.beside(tk.row, tk.play) {
			break // what others of the session asked for is no evidence here
		}
		for i, entry := range entries {
			if i == 20 {
				e.Exchanges = append(e.Exchanges, reports.Exchange{Time: entry.Time, Mark: fmt.Sprintf("and %d more", len(entries)-i)})
				break
			}
			e.Exchanges = append(e.Exchanges, reports.Exchange{
				Time: entry.Time.UTC(), Endpoint: entry.Endpoint, Status: entry.Status, Length: entry.Length,
				Hash: entry.Hash, Served: entry.Served, Mark: marked(entry), Request: request(entry),
			})
			if entry.Endpoint == mockidp.KeySet {
				e.KeySet = entry.Body
			}
		}
	}
	for _, c := range tk.canaries {
		for _, v := range c.Visits() {
			e.Canary = append(e.Canary, reports.Hear(v))
		}
	}
	return e
}

// marked is what happened, and why, where that was not the plot.
func marked(e mockidp.Entry) string {
	if e.Mark == "" || e.Cause == "" || e.Cause == mockidp.ByHand {
		return e.Mark
	}
	return e.Mark + " (" + e.Cause + ")"
}

func request(e mockidp.Entry) reports.Said {
	if e.Method == "" {
		return reports.Said{}
	}
	return reports.Hear(e.Method + " " + discreet(e.URL) + " " + e.Agent)
}
