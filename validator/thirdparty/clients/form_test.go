package clients_test

import (
	"html"
	"net/url"
	"regexp"
)

var (
	formAction = regexp.MustCompile(`<form [^>]*action="([^"]*)"`)
	formField  = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

// formOf reads the form of a page.
func formOf(page string) (action string, form url.Values, ok bool) {
	found := formAction.FindStringSubmatch(page)
	if found == nil {
		return "", nil, false
	}
	form = url.Values{}
	for _, m := range formField.FindAllStringSubmatch(page, -1) {
		form.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return html.UnescapeString(found[1]), form, true
}
