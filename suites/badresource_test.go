package suites

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rogueidp/rogueidp/reports"
	"github.com/rogueidp/rogueidp/suites/target"
)

// Whatever a resource does, a run ends, and says in one sentence what is wrong.
func TestRunsAgainstBadResources(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<16)
	for _, c := range []struct {
		name      string
		answer    http.HandlerFunc
		outcome   reports.Outcome // of a forged token
		preflight string
	}{
		{"redirects for ever", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, reports.Broken, "give that page with --login-page"},
		{"answers HTML", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>please sign in</html>") }, reports.Broken, "does not say who is signed in"},
		{"sends without end", func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := io.WriteString(w, long); err != nil {
					return
				}
			}
		}, reports.Broken, "does not say who is signed in"},
		{"never answers", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, reports.Broken, "it takes a request and does not answer"},
		{"hangs in its answer", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"user":`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, reports.Broken, "it began to answer with 200, and did not end"},
		{"closes", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, reports.Broken, "EOF"},
		{"is broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, reports.Broken, "502 Bad Gateway"},
		{"refuses all", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, reports.Broken, "it refuses everything in the same words"},
		{"accepts all", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"user":{"sub":"alice"}}`) }, reports.Fail, ""},
		{"signs everybody in as one", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"user":{"sub":"root"}}`) }, reports.Fail, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(c.answer)
			t.Cleanup(s.Close)
			way := reach()
			way.Resource = target.Resource{Identity: target.Identity{JSON: "user.sub"}}
			run := playBy(t, "bearer:"+s.URL+"/me", way, Options{Seed: 1, MaxWait: time.Second, Only: []string{"signature.wrong-key-same-kid"}})
			for _, r := range run.Results {
				if r.Outcome != c.outcome {
					t.Errorf("%s: %s, not %s (%s %s)", r.Name(), r.Outcome, c.outcome, r.Because, r.Reason)
				}
			}
			if said := run.Targets[0].Preflight; !strings.Contains(said, c.preflight) || c.preflight == "" && said != "" {
				t.Errorf("it says: %s", said)
			}
		})
	}
}
