package suites

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/scenarios"
)

// parseFilter reads Ginkgo's label language. Ginkgo itself ends the process
// over a filter that it cannot read, so it is read here first.
func parseFilter(text string, all scenarios.Catalogue) (func(labels []string) bool, error) {
	filter, err := types.ParseLabelFilter(text)
	if err != nil {
		return nil, fmt.Errorf("filter %q: %s; write labels with && || ! and parentheses, such as 'alg && severity-critical'", text, filterTrouble(err))
	}
	known := map[string]bool{}
	for _, s := range all.All() {
		for _, l := range s.Labels() {
			known[l] = true
		}
	}
	if strings.ContainsAny(text, "/:") {
		return func(labels []string) bool { return filter(labels) }, nil // patterns and sets have words of their own
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("&|!,() ", r) }) {
		if known[word] {
			continue
		}
		var labels []string
		for l := range known {
			labels = append(labels, l)
		}
		return nil, fmt.Errorf("filter %q: no scenario has the label %q%s", text, word, didYouMean(word, labels))
	}
	return func(labels []string) bool { return filter(labels) }, nil
}

// filterTrouble is what Ginkgo has against a filter, and where, without the
// colours and the advice that it adds for its own command line.
func filterTrouble(err error) string {
	var g types.GinkgoError
	if !errors.As(err, &g) {
		return err.Error()
	}
	shown, why, _ := strings.Cut(g.Message, "\n")
	why = strings.TrimSuffix(why, ".")
	if why != "" {
		why = strings.ToLower(why[:1]) + why[1:]
	}
	if before, _, marked := strings.Cut(shown, "{{red}}"); marked {
		why = fmt.Sprintf("%s (at character %d)", why, utf8.RuneCountInString(before)+1)
	}
	return why
}

// Narrate tells, as a tree of Ginkgo specs, what came of every scenario: the
// targets, their families, and a sentence for each case. It has to be called
// before any specs run.
func Narrate(players []*Player, rows []scenarios.Scenario, results func(*Player, scenarios.Scenario) []reports.Result) {
	for _, p := range players {
		ginkgo.Describe(p.Name(), func() {
			for _, family := range p.o.catalogue().Families() {
				var mine []scenarios.Scenario
				for _, s := range applying(rows, p.Profile()) {
					if s.Family() == family {
						mine = append(mine, s)
					}
				}
				if len(mine) == 0 {
					continue
				}
				ginkgo.Describe(family, func() {
					for _, s := range mine {
						tell(p, s, results)
					}
				})
			}
		})
	}
}

// tell makes a spec of each case.
func tell(p *Player, s scenarios.Scenario, results func(*Player, scenarios.Scenario) []reports.Result) {
	for _, c := range s.Played() {
		if _, applies := s.Applies(p.Profile(), c); !applies {
			continue
		}
		sentence := s.Title
		if c.Name != "" {
			sentence += " [" + c.Name + "]"
		}
		ginkgo.It(sentence, ginkgo.Label(s.Labels()...), func() {
			for _, r := range results(p, s) {
				if r.Case != c.Name {
					continue
				}
				switch {
				case r.Outcome.Misses():
					ginkgo.Fail(fmt.Sprintf("%s: %s\nwanted %s, got %s\n%s\n%s", r.Outcome, r.Name(), r.Want, r.Got, r.Because, r.Replay))
				case r.Outcome == reports.Unsupported, r.Outcome == reports.Unexercised, r.Outcome == reports.NotApplicable:
					ginkgo.Skip(fmt.Sprintf("%s: %s", r.Outcome, r.Because))
				}
			}
		})
	}
}

// unheard is a test that nobody listens to: the reports tell what failed.
type unheard struct{}

func (unheard) Fail() {}

// runSpecs runs the tree without Ginkgo's console, which prints what targets
// say as they said it. Ginkgo goes on swallowing SIGINT and SIGTERM after it is
// done; handlers of the caller hear them all the same, and none is taken away,
// so that a signal while reports are written does not cost them.
func runSpecs(seed int64) {
	formatter.ColorableStdOut = io.Discard
	formatter.ColorableStdErr = io.Discard
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.RandomSeed = seed
	suite.Timeout = 24 * time.Hour
	suite.GracePeriod = time.Second
	suite.FailOnEmpty = true
	suite.LabelFilter = ""
	reporter.NoColor = true
	reporter.Succinct = true
	ginkgo.RunSpecs(unheard{}, "rogueidp", suite, reporter)
}
