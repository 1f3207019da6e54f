package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// harmless looks for what no rendering may hold: text that is not UTF-8, that
// moves a terminal or a line, that a CI system obeys, that a browser runs.
func harmless(t interface {
	Helper()
	Errorf(string, ...any)
}, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("not UTF-8")
	}
	for _, r := range text {
		if r != '\n' && hides(r) {
			t.Errorf("%U is in it", r)
		}
	}
	if found := regexp.MustCompile(`(?i)::[a-z]|##[a-z]*\[|<script|<img`).FindString(text); found != "" {
		t.Errorf("%q is in it", found)
	}
}

var hostile = []string{
	"\x1b[31mred\x1b[2J\x1b]0;title\a", "::error::gotcha", "::ERROR file=a::gotcha", "##[error]x ##vso[task.complete]",
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "]]>", "--><!--", "&lt;&#x1b;&amp;",
	"`code` ``` ````", "```\n# heading\n```", "![x](http://evil.example/x.png)", "[x](javascript:alert(1)) ]()", "| a | b |\n|---|---|",
	"</details></summary>", "\xff\xfe\xed\xa0\x80", "\x00\x01\x7f\u0080\u009b31m", "\u202eevil\u2066", "\ufffe\uffff\ufdd0",
	"two\r\nlines\u2028\u2029\u0085", "@everyone a@b.example http://evil.example www.evil.example", "$`x`$ $$y$$ ~~z~~ **b** __c__", "\\", "`", " ", "",
	strings.Repeat("a ", 1<<19), strings.Repeat("`", 3000), strings.Repeat("é", 5000),
}

// hostileRun puts a text wherever a text can stand.
func hostileRun(texts func() string) Run {
	run := sampleRun()
	more := run.Results[1]
	for i := range 15 { // more than are shown openly
		more.ID = "alg.x" + string(rune('a'+i))
		run.Results = append(run.Results, more)
	}
	t := &run.Targets[0]
	t.Name, t.Version, t.Language, t.Runtime, t.Configuration = texts(), texts(), texts(), texts(), texts()
	t.Preflight, t.Profile, t.Declares = texts(), texts(), map[string]string{texts(): texts()}
	run.Tool.Version, run.Tool.Catalogue, run.Asked.Filter, run.Asked.Only = texts(), texts(), texts(), []string{texts()}
	run.Incomplete = append(run.Incomplete, texts())
	run.Stale = append(run.Stale, Waived{texts(), texts(), texts(), texts()})
	for i := range run.Results {
		r := &run.Results[i]
		r.Target = t.Name
		r.Reason, r.Because, r.Title, r.Family, r.Case = Hear(texts()), texts(), texts(), texts(), texts()
		r.Want, r.Got, r.Code, r.Feature, r.Severity, r.Replay = texts(), texts(), texts(), texts(), texts(), texts()
		r.Cites, r.Says = []string{texts(), texts()}, []string{texts(), texts()}
		if i%2 == 0 {
			r.Says = nil
		}
		raw, _ := json.Marshal(texts())
		r.Provider = json.RawMessage(`[{"x":` + string(raw) + `}]`)
		if i%3 == 0 {
			r.Waived = &Waived{texts(), texts(), texts(), texts()}
		}
		r.Evidence = Evidence{
			Steps: []Step{{Act: texts(), Token: texts(), Reason: Hear(texts())}}, KeySet: texts(),
			Exchanges: []Exchange{{Request: Hear(texts()), Served: []string{texts()}}}, Canary: []Said{Hear(texts())}, Stderr: Hear(texts()),
		}
	}
	run.Conclude()
	return run
}

// renderings are all there are of a run, the JSON first.
func renderings(t *rapid.T, run Run) map[string]string {
	t.Helper()
	all := map[string]string{}
	raw, err := Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	all["run.json"] = string(raw)
	older := run
	older.Results = nil
	for i, r := range run.Results {
		if i%2 == 0 {
			r.Outcome = Outcomes()[i%len(Outcomes())]
			older.Results = append(older.Results, r)
		}
	}
	diff := Compare(older, run)
	for name, write := range map[string]func(io.Writer) error{
		"terminal": func(w io.Writer) error { return Print(w, run, TerminalOptions{Width: 80}) },
		"junit":    func(w io.Writer) error { return WriteJUnit(w, run) },
		"markdown": func(w io.Writer) error { return WriteMarkdown(w, run) },
		"diff":     func(w io.Writer) error { return diff.Print(w, TerminalOptions{}) },
		"diff.md":  func(w io.Writer) error { return diff.WriteMarkdown(w) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = b.String()
	}
	var b bytes.Buffer
	p := NewProgress(&b, 10, 80)
	p.Begin(run.Results[0].ID + run.Results[0].Case)
	p.Add(run.Results[0])
	p.Done()
	all["progress"] = strings.ReplaceAll(b.String(), "\r", "")
	return all
}

func TestHostileText(t *testing.T) {
	for _, text := range hostile {
		if len(text) > 1<<16 {
			continue // below, where it is of the target
		}
		rapid.Check(t, func(t *rapid.T) {
			judge(t, hostileRun(func() string { return text }))
		})
	}
}
