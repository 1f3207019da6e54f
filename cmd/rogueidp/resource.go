package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/suites/target"
)

// resourceFlags describe a target that cannot describe itself: a protected
// resource, or a program that is started for each token.
type resourceFlags struct {
	method, body, identity, declare, cookie, query string
	header                                         []string
	replicas, maxHeader                            int

	// What check makes of them.
	resource target.Resource
	declares target.Declares
	secrets  []string
}

func (f *resourceFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.method, "method", "", "method by which a protected resource is asked (default GET)")
	flags.StringArrayVar(&f.header, "header", nil, "NAME=VALUE that a protected resource is sent as well; ${VARIABLE} comes from the environment and stays out of reports")
	flags.StringVar(&f.body, "body", "", "what a protected resource is sent; ${VARIABLE} comes from the environment")
	flags.StringVar(&f.identity, "identity", "", `where an accept, or a page of a relying party, says who is signed in: json:user.sub, header:X-User, selector:#user or pattern:'signed in as (\w+)'`)
	flags.IntVar(&f.replicas, "replicas", 0, "how many instances answer under the address of a protected resource (default 1)")
	flags.IntVar(&f.maxHeader, "max-header", 0, "the longest token, in octets, that the way to a protected resource carries (default 8192)")
	flags.StringVar(&f.cookie, "token-cookie", "", "cookie from which a protected resource takes a token as well")
	flags.StringVar(&f.query, "token-query", "", "parameter of the query from which it does (default access_token)")
	flags.StringVar(&f.declare, "declare", "", "what a target that cannot say so itself does, such as cooldown=30s,ttl=10m,leeway=60s,timeout=5s")
}

// check reads the flags. Errors name the flag and the nearest valid word.
func (f *resourceFlags) check() error {
	f.secrets = nil
	f.resource = target.Resource{Method: f.method, Replicas: f.replicas, MaxHeader: f.maxHeader, Cookie: f.cookie, Query: f.query}
	var err error
	switch {
	case f.replicas < 0:
		return fmt.Errorf("--replicas %d: at least 1", f.replicas)
	case f.maxHeader < 0:
		return fmt.Errorf("--max-header %d: at least 1", f.maxHeader)
	}
	if f.resource.Body, err = f.expand(f.body); err != nil {
		return fmt.Errorf("--body: %w", err)
	}
	for _, one := range f.header {
		name, value, found := strings.Cut(one, "=")
		if !found || name == "" {
			return fmt.Errorf("--header %q: write NAME=VALUE, such as X-Api-Key='${API_KEY}'", name)
		}
		if value, err = f.expand(value); err != nil {
			return fmt.Errorf("--header %s: %w", name, err)
		}
		if f.resource.Header == nil {
			f.resource.Header = map[string]string{}
		}
		f.resource.Header[name] = value
	}
	if f.identity != "" {
		if f.resource.Identity, err = target.ParseIdentity(f.identity); err != nil {
			return fmt.Errorf("--identity %w", err)
		}
	}
	if f.declares, err = target.ParseDeclares(f.declare); err != nil {
		return fmt.Errorf("--declare: %w", err)
	}
	return nil
}

// leastSecret is how long a value is that reports leave out. A shorter one is no
// secret, and without its letters nobody could read them.
const leastSecret = 4

var fromEnvironment = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand fills in ${VARIABLE} and remembers the values, which no report may
// hold.
func (f *resourceFlags) expand(text string) (string, error) {
	var missing error
	out := fromEnvironment.ReplaceAllStringFunc(text, func(ref string) string {
		name := fromEnvironment.FindStringSubmatch(ref)[1]
		value, set := os.LookupEnv(name)
		if !set && missing == nil {
			missing = fmt.Errorf("the environment has no variable %s; set it, or write the value without ${ }", name)
		}
		if len(value) >= leastSecret {
			f.secrets = append(f.secrets, value)
		}
		return value
	})
	return out, missing
}

// describe adds what the flags say to how a target is reached.
func (f *resourceFlags) describe(o *target.Options) {
	o.Resource, o.Declares, o.Secrets = f.resource, f.declares, f.secrets
}

// replay are the flags as they were written: what comes from the environment
// stays there.
func (f *resourceFlags) replay(add func(flag, value string)) {
	add("--method", f.method)
	for _, one := range f.header {
		add("--header", one)
	}
	add("--body", f.body)
	add("--identity", f.identity)
	if f.replicas != 0 {
		add("--replicas", strconv.Itoa(f.replicas))
	}
	if f.maxHeader != 0 {
		add("--max-header", strconv.Itoa(f.maxHeader))
	}
	add("--token-cookie", f.cookie)
	add("--token-query", f.query)
	add("--declare", f.declare)
}
