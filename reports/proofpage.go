package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the style
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

//go:embed proof.css
var proofStyle string

//go:embed proof.html.tmpl
var proofTemplate string

var proofHTML = template.Must(template.New(ProofPage).Parse(proofTemplate))

// A proofView is a proof as its page shows it.
type proofView struct {
	Proof
	Style    template.CSS
	Policy   string // of content security: this style and nothing else
	Words    string
	Bad      bool
	Target   bool
	Families []proofFamily
	Mutants  []proofMutant
}

// A proofFamily is the scenarios of a family, with a cell for each mutant.
type proofFamily struct {
	Name string
	Rows []proofRow
}

type proofRow struct {
	Proven
	Idle  bool
	Cells []string // "", "x" caught, "o" caught and unfit
}

type proofMutant struct {
	Trial
	Percent string
	Others  []string // by scenarios of other families
	Own     []string
}

// proofPage is a proof as one HTML file that needs nothing else: no script, no
// network.
func proofPage(p Proof) ([]byte, error) {
	words, bad := p.headline()
	sum := sha256.Sum256([]byte(proofStyle))
	view := proofView{
		Proof: p, Style: template.CSS(proofStyle), Words: words, Bad: bad, Target: p.Form == "target",
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'",
	}
	caught := map[string]map[string]string{}
	for _, t := range p.Trials {
		mark := "x"
		if t.Unfit.String() != "" {
			mark = "o"
		}
		cells := map[string]string{}
		for _, id := range t.Caught {
			cells[id] = mark
		}
		caught[t.Name.String()] = cells
		m := proofMutant{Trial: t, Percent: fmt.Sprintf("%.1f %%", 100*float64(len(t.Caught))/float64(max(1, p.Scenarios)))}
		for _, id := range t.Caught {
			if strings.HasPrefix(id, t.Family+".") {
				m.Own = append(m.Own, id)
			} else {
				m.Others = append(m.Others, id)
			}
		}
		view.Mutants = append(view.Mutants, m)
	}
	for _, name := range p.families() {
		f := proofFamily{Name: name}
		for _, one := range p.Proven {
			if one.Family != name {
				continue
			}
			row := proofRow{Proven: one, Idle: slices.Contains(p.Idle, one.ID)}
			for _, t := range p.Trials {
				row.Cells = append(row.Cells, caught[t.Name.String()][one.ID])
			}
			f.Rows = append(f.Rows, row)
		}
		view.Families = append(view.Families, f)
	}
	var b bytes.Buffer
	if err := proofHTML.Execute(&b, view); err != nil {
		return nil, fmt.Errorf("write %s: %w", ProofPage, err)
	}
	return b.Bytes(), nil
}
