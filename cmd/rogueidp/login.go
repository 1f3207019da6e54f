package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/suites/target"
)

// loginFlags are what a login: target needs to be useful without a file.
type loginFlags struct {
	signedInText, home string
	browser            bool
	supports           []string
}

func (f *loginFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.signedInText, "signed-in-text", "", "text that a relying party shows to who is signed in, and to nobody else")
	flags.StringVar(&f.home, "home", "", "page of a relying party that only who is signed in sees: a URL or a path")
	flags.BoolVar(&f.browser, "browser", false, "sign in with headless Chromium, for pages that need JavaScript")
	flags.StringSliceVar(&f.supports, "supports", nil, "what a relying party does: "+strings.Join(target.LoginFeatures(), ", "))
}

// login is what the flags say of a relying party, whose pages say who is signed
// in as identity has it.
func (f *loginFlags) login(identity target.Identity) (target.Login, error) {
	l := target.Login{Identity: identity, SignedIn: target.Sign{Text: f.signedInText}, Home: f.home, Browser: f.browser, Supports: f.supports}
	for _, feature := range f.supports {
		if err := word("--supports", feature, target.LoginFeatures()); err != nil {
			return l, err
		}
	}
	return l, nil
}

// replayed gives the flags again, as they stand in a command line.
func (f *loginFlags) replayed(add func(flag, value string)) {
	add("--signed-in-text", f.signedInText)
	add("--home", f.home)
	add("--supports", strings.Join(f.supports, ","))
}
