package target

import (
	"net/url"
	"strings"
)

// Address is the URL that a spelling leads to over HTTP, for kinds that are
// reached so and run already; nil for all others.
func Address(spec string) *url.URL {
	for _, kind := range []string{"http:", "bearer:", "login:"} {
		if rest, ok := strings.CutPrefix(spec, kind); ok {
			if u, err := url.Parse(rest); err == nil && u.Host != "" {
				return u
			}
		}
	}
	return nil
}
