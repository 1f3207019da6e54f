package reports

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// PrintProof writes a proof for a person to read: the kill matrix by family, who
// was not caught, who caught nobody, and a line that sums up.
func PrintProof(w io.Writer, proof Proof, o TerminalOptions) error {
	p := o.page()
	if !p.quiet {
		if proof.Form == "target" {
			p.caughtBy(proof)
		} else {
			p.killMatrix(proof)
		}
		p.shortfalls(proof)
	}
	words, bad := proof.headline()
	colour := green
	if bad {
		colour = red
	}
	label := "PROVEN"
	if bad {
		label = "NOT PROVEN"
	}
	if proof.Form == "target" {
		if label = "CAUGHT"; bad {
			label = "NOT CAUGHT"
		}
	}
	p.hang(label, colour, len(label)+2, words, "")
	_, err := io.WriteString(w, p.String())
	return err
}

// headline is a proof in a sentence.
func (p Proof) headline() (words string, bad bool) {
	if p.Form == "target" {
		words = fmt.Sprintf("%d of %d scenarios catch it", len(p.Trials[0].Caught), p.Scenarios)
		if why := p.Trials[0].Unfit; why.String() != "" {
			words += "; " + why.String()
		}
	} else {
		words = fmt.Sprintf("%d of %d mutants are caught as expected", p.Killed, p.Mutants)
		if !p.Partial {
			words += fmt.Sprintf("; %d of %d scenarios that have to catch somebody do, of %d", p.owing(), p.Owed, p.Scenarios)
		}
	}
	words += fmt.Sprintf(" · %s form, seed %d, %v", p.Form, p.Seed, p.Took)
	if p.Interrupted {
		words += " · interrupted"
	}
	return words, !p.Holds()
}

// owing is how many of the scenarios that have to catch somebody do.
func (p Proof) owing() int {
	n := 0
	for _, one := range p.Proven {
		if one.Owed && len(one.By) > 0 {
			n++
		}
	}
	return n
}

// proofFamilies are the families of scenarios and mutants, in the order of the
// catalogue.
func (p Proof) families() []string {
	var names []string
	for _, one := range p.Proven {
		if !slices.Contains(names, one.Family) {
			names = append(names, one.Family)
		}
	}
	for _, t := range p.Trials {
		if t.Family != "" && !slices.Contains(names, t.Family) {
			names = append(names, t.Family)
		}
	}
	return names
}

// killMatrix is a row for each family of mutants: how many there are, how many
// are caught as expected, and by scenarios of which families.
func (p *page) killMatrix(proof Proof) {
	families := proof.families()
	family := map[string]string{}
	for _, one := range proof.Proven {
		family[one.ID] = one.Family
	}
	p.line(pad("mutants of", 14) + "there  caught   caught by scenarios of")
	for _, name := range families {
		there, killed, by := 0, 0, map[string]int{}
		for _, t := range proof.Trials {
			if t.Family != name {
				continue
			}
			there++
			if t.Killed {
				killed++
			}
			seen := map[string]bool{}
			for _, id := range t.Caught {
				if f := family[id]; !seen[f] {
					seen[f] = true
					by[f]++
				}
			}
		}
		if there == 0 {
			continue
		}
		var parts []string
		for _, f := range families {
			if by[f] > 0 {
				parts = append(parts, glue(f+" "+strconv.Itoa(by[f])))
			}
		}
		p.hang(fmt.Sprintf("%-14s%5d%8d", name, there, killed), "", 30, strings.Join(parts, ", "), "")
	}
	p.line("")
	if proof.Partial {
		return
	}
	p.line(pad("scenarios of", 14) + "there    owed  caught somebody")
	for _, name := range families {
		there, owed, did := 0, 0, 0
		for _, one := range proof.Proven {
			if one.Family != name {
				continue
			}
			there++
			if one.Owed {
				owed++
				if len(one.By) > 0 {
					did++
				}
			}
		}
		p.line(fmt.Sprintf("%-14s%5d%8d%8d", name, there, owed, did))
	}
	p.line("")
}

// caughtBy names the scenarios that catch somebody's own mutant.
func (p *page) caughtBy(proof Proof) {
	for _, one := range proof.Proven {
		if len(one.By) > 0 {
			p.hang(one.ID, bold, 36, one.Title, one.Level)
		}
	}
}

// shortfalls are what keeps a proof from holding, and what is no reason.
func (p *page) shortfalls(proof Proof) {
	for _, one := range []struct {
		says string
		list []string
	}{
		{"mutants that no scenario of their family catches", proof.Unkilled},
		{"scenarios that caught nobody who counts", proof.Idle},
		{"scenarios that the reference did not pass", proof.Missed},
		{"scenarios in which the harness went wrong", proof.Errors},
	} {
		if len(one.list) > 0 && proof.Form != "target" {
			p.line(p.paint(bold, fmt.Sprintf("%d %s", len(one.list), one.says)))
			for _, name := range one.list {
				p.item(name, "")
			}
		}
	}
	for _, t := range proof.Trials {
		if why := t.Unfit.String(); why != "" && proof.Form != "target" {
			p.item(t.Name.String()+" proves nothing of a scenario: "+why, "")
		}
	}
	for _, one := range proof.Unasked {
		p.item(one.ID+" was asked of nobody: "+one.Why, "")
	}
}
