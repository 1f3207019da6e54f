package reports

import (
	"encoding/json"
	"strings"
	"testing"
)

// What has to be tried by hand is counted on the terminal and listed in
// summary.md and run.json, without any markup of its own.
func TestManualChecksAreSaid(t *testing.T) {
	run := sampleRun()
	run.Targets[0].Manual = []Manual{
		{ID: "claims.email-link", Severity: "critical", Try: "Sign in with <b>somebody's</b> email.", Refs: []string{"OIDC Core 5.7", "CVE-2025-24856"}},
		{ID: "login.idp-disabled", Severity: "medium", Try: "Take the provider away.", Refs: []string{"CVE-2026-1486"}},
	}
	var terminal, summary strings.Builder
	if err := Print(&terminal, run, TerminalOptions{Width: 100}); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&summary, run); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(terminal.String(), "2 manual checks remain: rogueidp list --manual") {
		t.Errorf("the terminal says\n%s", terminal.String())
	}
	for _, want := range []string{"<summary>2 manual checks</summary>", "- `claims.email-link` (critical): Sign in with &lt;b&gt;somebody's&lt;/b&gt; email. OIDC Core 5.7, CVE-2025-24856\n"} {
		if !strings.Contains(summary.String(), want) {
			t.Errorf("no %q in\n%s", want, summary.String())
		}
	}
	raw, err := json.Marshal(run)
	if err != nil || !strings.Contains(string(raw), `"manual":[{"id":"claims.email-link","severity":"critical"`) {
		t.Errorf("%v\n%s", err, raw)
	}
	run.Targets[0].Manual = nil
	terminal.Reset()
	if err := Print(&terminal, run, TerminalOptions{Width: 100}); err != nil || strings.Contains(terminal.String(), "manual") {
		t.Errorf("%v: a run of a target without manual checks speaks of them", err)
	}
}
