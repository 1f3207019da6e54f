package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/suites/target"
)

// loginFlags are what a login: target needs to be useful without a file.
type loginFlags struct {
	signedInText, home, identity string
	browser                      bool
	supports                     []string
}

func (f *loginFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.signedInText, "signed-in-text", "", "text that a relying party shows to who is signed in, and to nobody else")
	flags.StringVar(&f.home, "home", "", "page of a relying party that only who is signed in sees: a URL or a path")
	flags.StringVar(&f.identity, "identity", "", "where a page says who is signed in: json:sub, selector:#user, header:X-User or pattern:'sub=(\\S+)'")
	flags.BoolVar(&f.browser, "browser", false, "sign in with headless Chromium, for pages that need JavaScript")
	flags.StringSliceVar(&f.supports, "supports", nil, "what a relying party does: "+strings.Join(target.LoginFeatures(), ", "))
}

// identityKinds are the ways to say where an answer names its user.
func identityKinds() []string { return []string{"json", "selector", "header", "pattern"} }

// parseIdentity reads KIND:VALUE.
func parseIdentity(text string) (target.Identity, error) {
	kind, value, found := strings.Cut(text, ":")
	if !found || value == "" {
		return target.Identity{}, fmt.Errorf("--identity %q: write KIND:VALUE, such as json:sub or selector:#user", text)
	}
	switch kind {
	case "json":
		return target.Identity{JSON: value}, nil
	case "selector":
		return target.Identity{Selector: value}, nil
	case "header":
		return target.Identity{Header: value}, nil
	case "pattern":
		return target.Identity{Pattern: value}, nil
	}
	return target.Identity{}, word("--identity", kind, identityKinds())
}

// login is what the flags say of a relying party.
func (f *loginFlags) login() (target.Login, error) {
	l := target.Login{SignedIn: target.Sign{Text: f.signedInText}, Home: f.home, Browser: f.browser, Supports: f.supports}
	for _, feature := range f.supports {
		if err := word("--supports", feature, target.LoginFeatures()); err != nil {
			return l, err
		}
	}
	var err error
	if f.identity != "" {
		l.Identity, err = parseIdentity(f.identity)
	}
	return l, err
}

// replayed gives the flags again, as they stand in a command line.
func (f *loginFlags) replayed(add func(flag, value string)) {
	add("--signed-in-text", f.signedInText)
	add("--home", f.home)
	add("--identity", f.identity)
	add("--supports", strings.Join(f.supports, ","))
}
