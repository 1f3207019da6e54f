package mockidp

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// travel sends the members of an answer on as parameters of a redirect (OAuth 2.0
// Multiple Response Types, 2.1; OAuth 2.0 Form Post Response Mode).
func (r *response) travel() error {
	// What stands in the address must not travel on to whom the page leads
	// (RFC 9700 section 4.2.4).
	r.header.Set("Referrer-Policy", "no-referrer")
	if r.mode == "form_post" {
		page, policy, err := formPost(r.to, r.object)
		if err != nil {
			return err
		}
		r.status, r.page = http.StatusOK, page
		r.header.Set("Content-Type", "text/html; charset=utf-8")
		r.header.Set("Content-Security-Policy", policy)
		return nil
	}
	to := r.to
	if params := encodeParams(r.object); params != "" {
		switch {
		case r.mode == "fragment":
			to += "#" + params
		case strings.Contains(to, "?"):
			to += "&" + params
		default:
			to += "?" + params
		}
	}
	// 303 turns the POST of a form into a GET (RFC 9700 section 4.12).
	r.status = http.StatusSeeOther
	r.header.Set("Location", to)
	return nil
}

// encodeParams writes parameters in their order: a string as it stands, and
// anything else as JSON.
func encodeParams(o fault.Object) string {
	var b strings.Builder
	for _, m := range o {
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(m.Name) + "=" + url.QueryEscape(paramText(m.Value)))
	}
	return b.String()
}

func paramText(value fault.JSON) string {
	var s string
	if json.Unmarshal([]byte(value), &s) == nil && strings.HasPrefix(string(value), `"`) {
		return s
	}
	return string(value)
}

var formPostPage = template.Must(template.New("form_post").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Signing in</title></head>
<body><form id="answer" method="post" action="{{.To}}">
{{range .Params}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">
{{end}}<noscript><button type="submit">Go on</button></noscript>
</form><script nonce="{{.Nonce}}">document.getElementById("answer").submit()</script></body></html>
`))

// formPost is a page that posts the parameters to where they go, and the policy
// under which a browser may run it.
func formPost(to string, o fault.Object) (page []byte, policy string, err error) {
	type param struct{ Name, Value string }
	var params []param
	for _, m := range o {
		params = append(params, param{m.Name, paramText(m.Value)})
	}
	nonce := rand.Text()
	var b bytes.Buffer
	err = formPostPage.Execute(&b, struct {
		To     string
		Params []param
		Nonce  string
	}{to, params, nonce})
	return b.Bytes(), "default-src 'none'; script-src 'nonce-" + nonce + "'; base-uri 'none'; frame-ancestors 'none'", err
}

var plainPage = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title></head>
<body><h1>{{.Title}}</h1><p>{{.Text}}</p><p>rogueidp, for testing only.</p></body></html>
`))

// pagePolicy lets a page do nothing but post a form to where it came from.
const pagePolicy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// shown is a page for whoever sits in front of the browser. An error about the
// client or its redirect URI ends here: sent on, it would make of the provider an
// open redirector (RFC 9700 section 4.11.2).
func shown(status int, title, text string) response {
	return htmlPage(status, plainPage, struct{ Title, Text string }{title, text}, pagePolicy)
}

func htmlPage(status int, page *template.Template, data any, policy string) response {
	var b bytes.Buffer
	if err := page.Execute(&b, data); err != nil {
		return isBroken(fmt.Errorf("write a page: %w", err)).response()
	}
	r := response{status: status, page: b.Bytes(), header: http.Header{}}
	r.header.Set("Content-Type", "text/html; charset=utf-8")
	r.header.Set("Content-Security-Policy", policy)
	r.header.Set("X-Content-Type-Options", "nosniff")
	r.header.Set("Referrer-Policy", "no-referrer")
	return r
}
