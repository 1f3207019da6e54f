package target

import (
	"net/url"
	"testing"
)

func TestAddressesAreReadAsBrowsersReadThem(t *testing.T) {
	page, err := url.Parse("https://app.test/a/b")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"/c":                       "https://app.test/c",
		" c\n":                     "https://app.test/a/c",
		`/\evil.test/`:             "https://evil.test/",
		`\\evil.test\x`:            "https://evil.test/x",
		"/\t/evil.test":            "https://evil.test",
		`https:\\evil.test`:        "https://evil.test",
		`/c?to=\d#\e`:              `https://app.test/c?to=\d#%5Ce`,
		`https://app.test\@evil.t`: "https://app.test/@evil.t",
	} {
		got, err := browsed(page, text)
		if err != nil || got.String() != want {
			t.Errorf("%q leads to %v (%v), want %s", text, got, err, want)
		}
	}
}
