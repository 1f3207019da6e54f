package relyingparty

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"io"
	"net/http"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
)

// A page is what a person gets to see.
type page struct {
	Title string
	User  string // the subject of who is signed in
	Name  string
	Error template.HTML // escaped by [ways.Explain]
}

var layout = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title></head><body>
<h1>{{.Title}}</h1>
{{- with .User}}<p>Signed in as <span id="user">{{.}}</span></p>{{end}}
{{- with .Name}}<p id="name">{{.}}</p>{{end}}
{{- with .Error}}<p id="error">{{.}}</p>{{end}}
</body></html>
`))

func (p *Party) page(w http.ResponseWriter, r *http.Request, status int, what page) {
	var text bytes.Buffer
	if err := layout.Execute(&text, what); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes())
}

// home says who is signed in.
func (p *Party) home(w http.ResponseWriter, r *http.Request) {
	s := p.session(r)
	if s == nil {
		p.greet(w, r)
		if wantsJSON(r) {
			p.object(w, http.StatusUnauthorized, map[string]any{"error": "login_required"})
			return
		}
		p.page(w, r, http.StatusUnauthorized, page{Title: "Nobody is signed in"})
		return
	}
	if wantsJSON(r) {
		p.object(w, http.StatusOK, map[string]any{"sub": s.who.Subject, "iss": s.who.Issuer, "name": s.who.Name})
		return
	}
	p.page(w, r, http.StatusOK, page{Title: "Home", User: s.who.Subject, Name: s.who.Name})
}

// fail shows why something was refused.
func (p *Party) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	if wantsJSON(r) {
		p.object(w, status, map[string]any{"error": brief(err.Error())})
		return
	}
	p.page(w, r, status, page{Title: "That did not work", Error: template.HTML(p.ways.Explain(err.Error()))})
}

// failAPI answers an issuer (Back-Channel Logout, 2.8): 400, unless it cannot be
// decided now.
func (p *Party) failAPI(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if got := statusOf(err); got >= 500 {
		status = got
	}
	p.object(w, status, map[string]any{"error": "invalid_request", "error_description": brief(err.Error())})
}

func (p *Party) object(w http.ResponseWriter, status int, what map[string]any) {
	text, err := json.Marshal(what, json.Deterministic(true))
	if err != nil {
		http.Error(w, "the answer cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func statusOf(err error) int {
	if why := new(refusal); errors.As(err, &why) {
		return why.status
	}
	return http.StatusInternalServerError
}

func wantsJSON(r *http.Request) bool {
	first, _, _ := strings.Cut(r.Header.Get("Accept"), ",")
	return strings.TrimSpace(first) == "application/json"
}

// maxReason is how much of a reason is shown, in characters: an issuer's words
// may be in it.
const maxReason = 300

// brief is a text without what nobody can see, cut where it gets long.
func brief(text string) string {
	shown := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text[:min(len(text), 4*maxReason)]))
	if len(shown) > maxReason {
		return string(shown[:maxReason]) + "…"
	}
	return string(shown)
}

// explain is a reason as HTML.
func explain(text string) string { return template.HTMLEscapeString(brief(text)) }

// script posts what stands in the fragment of its URL, which browsers keep to
// themselves (OAuth 2.0 Multiple Response Types, 5), to the same page.
const script = `const f = document.createElement("form");
f.method = "post"; f.action = location.pathname;
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
  const i = document.createElement("input");
  i.type = "hidden"; i.name = name; i.value = value; f.append(i);
}
history.replaceState(null, "", location.pathname);
document.body.append(f); f.submit();`

// scriptPolicy lets a browser run this script and no other.
var scriptPolicy = "default-src 'none'; base-uri 'none'; form-action 'self'; script-src 'sha256-" + digest(script) + "'"

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// unfold shows the page that brings a fragment here. Until it did, nobody is
// signed in: 202.
func (p *Party) unfold(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", scriptPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>One moment</title></head><body><script>"+script+"</script></body></html>\n")
}
