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
func harmless(t rapid.TB, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("not UTF-8")
	}
	for _, r := range text {
		if r != '\n' && hides(r) {
			t.Errorf("%U is in it", r)
		}
	}
	if found := commands.FindString(strings.ToLower(text)); found != "" {
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

// hostileRun puts a text wherever a text can stand; a very long one only where
// it is the target's.
func hostileRun(run Run, said func() string) Run {
	texts := func() string {
		s := said()
		return s[:min(len(s), 500)]
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
		r.Reason, r.Because, r.Title, r.Family, r.Case = Hear(said()), texts(), texts(), texts(), texts()
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
			Steps: []Step{{Act: texts(), Token: texts(), Reason: Hear(said())}}, KeySet: texts(),
			Exchanges: []Exchange{{Request: Hear(said()), Served: []string{texts()}}}, Canary: []Said{Hear(said())}, Stderr: Hear(said()),
		}
	}
	run.Conclude()
	return run
}

// renderings are all there are of a run, the JSON first.
func renderings(t rapid.TB, run Run) map[string]string {
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
		run := oneOfEach()
		more := run.Results[1]
		for i := range openly { // one more than is shown openly
			more.ID = "alg.x" + string(rune('a'+i))
			run.Results = append(run.Results, more)
		}
		judge(t, hostileRun(run, func() string { return text }))
	}
}

func TestHostileTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := slices.DeleteFunc(slices.Clone(hostile), func(s string) bool { return len(s) > 100 })
		text := rapid.OneOf(rapid.SampledFrom(small), rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }))
		texts := rapid.SliceOfN(text, 7, 40).Draw(t, "texts")
		run := oneOfEach()
		from := rapid.IntRange(0, len(run.Results)-3).Draw(t, "from")
		run.Results = run.Results[from : from+3]
		i := 0
		judge(t, hostileRun(run, func() string {
			i++
			return texts[i%len(texts)] + texts[i*3%len(texts)]
		}))
	})
}

// oneOfEach is a run with one result of each outcome.
func oneOfEach() Run {
	run, seen := sampleRun(), map[Outcome]bool{}
	run.Results = slices.DeleteFunc(run.Results, func(r Result) bool {
		known := seen[r.Outcome]
		seen[r.Outcome] = true
		return known
	})
	return run
}

// judge looks at every rendering of a run.
func judge(t rapid.TB, run Run) {
	t.Helper()
	all := renderings(t, run)
	for name, text := range all {
		before := t.Failed()
		harmless(t, text)
		if t.Failed() && !before {
			t.Errorf("in %s: %.2000q", name, text)
		}
	}
	if _, err := Unmarshal([]byte(all["run.json"])); err != nil {
		t.Errorf("run.json cannot be read: %v", err)
	}
	wellFormed(t, all["junit"])
	noMarkup(t, all["markdown"])
	noMarkup(t, all["diff.md"])
}

// wellFormed reads XML, and looks at its characters as XML 1.0 has them.
func wellFormed(t rapid.TB, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && (r < 0x20 || r >= 0xd800 && r < 0xe000 || r == 0xfffe || r == 0xffff) {
			t.Errorf("%U is in the XML", r)
		}
	}
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("the XML does not parse: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok && !slices.Contains([]string{
			"testsuites", "testsuite", "properties", "property", "testcase", "failure", "error", "skipped", "system-out",
		}, start.Name.Local) {
			t.Errorf("there is an element %s", start.Name.Local)
		}
	}
}

var (
	commands = regexp.MustCompile(`::[a-z]|##[a-z]*\[|</?script`)
	entity   = regexp.MustCompile(`^&(lt|gt|amp);`)
	ourTags  = regexp.MustCompile(`</?details>|</?summary>`)
	fences   = regexp.MustCompile("^ *(`{3,})(json|sh)?$")
)

// noMarkup reads Markdown as CommonMark does, as far as fences, code spans and
// escapes go, and looks at what is left for anything that could be markup.
func noMarkup(t rapid.TB, text string) {
	t.Helper()
	var rest strings.Builder
	fence := ""
	for line := range strings.SplitSeq(text, "\n") {
		m := fences.FindStringSubmatch(line)
		switch {
		case fence == "" && m != nil:
			fence = m[1]
		case fence == "":
			rest.WriteString(line + "\n")
		case m != nil && m[2] == "" && len(m[1]) >= len(fence):
			fence = ""
		}
	}
	if fence != "" {
		t.Errorf("a fence stays open")
	}
	for block := range strings.SplitSeq(rest.String(), "\n") {
		left := ourTags.ReplaceAllString(outsideCode(t, block), "")
		if strings.HasPrefix(block, "|") {
			if strings.Contains(left, "`") {
				t.Errorf("text in a table: %q", block)
			}
			continue
		}
		if strings.ContainsAny(strings.ReplaceAll(left, "&lt;", ""), "<>[]!`|@~$") || strings.Contains(left, "://") || strings.Contains(strings.ToLower(left), "www.") {
			t.Errorf("markup in %.1000q: %.1000q", block, left)
		}
		if n := strings.Count(left, "**"); n%2 != 0 || strings.Contains(strings.ReplaceAll(left, "**", ""), "*") || strings.Contains(left, "_") {
			t.Errorf("emphasis in %.1000q: %.1000q", block, left)
		}
	}
}

// outsideCode is a line without its code spans and escaped characters.
func outsideCode(t rapid.TB, line string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(line); {
		switch {
		case line[i] == '\\' && i+1 < len(line) && unicode.IsPunct(rune(line[i+1])) || line[i] == '\\' && i+1 < len(line) && strings.ContainsRune("$+<=>^`|~", rune(line[i+1])):
			i += 2
		case line[i] == '&' && entity.MatchString(line[i:]):
			i += strings.IndexByte(line[i:], ';') + 1
		case line[i] == '`':
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
			end := -1
			for j := i + n; j < len(line); {
				if line[j] != '`' {
					j++
					continue
				}
				k := len(line[j:]) - len(strings.TrimLeft(line[j:], "`"))
				if k == n {
					end = j + k
					break
				}
				j += k
			}
			if end < 0 {
				t.Errorf("a code span stays open: %.1000q", line)
				return b.String()
			}
			i = end
		default:
			b.WriteByte(line[i])
			i++
		}
	}
	return b.String()
}
