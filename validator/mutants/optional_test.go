package mutants_test

import (
	"maps"
	"net/http"

	"github.com/rogueidp/rogueidp/validator"
	idp "github.com/rogueidp/rogueidp/validator/internal/issuertest"
)

func init() { maps.Copy(faults, optionalFaults) }

// optionalFaults are those of mutants that take a claim for optional, or for
// something else when it is odd.
var optionalFaults = map[string]func(b *bench) bool{
	"falls-back-on-issuer": func(b *bench) bool {
		other := idp.New("https://other.example")
		both := func(c *validator.Config) { c.HTTPClient = &http.Client{Transport: idp.Router{b.p, other}} }
		v, err := b.make(b.config(both), b.config(both, func(c *validator.Config) { c.Issuer = other.URL }))
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = v.Validate(b.t.Context(), b.p.Token())
		_, err = v.Validate(b.t.Context(), b.p.Token(idp.Claim("iss", "https://evil.example")))
		return err == nil
	},
	"audience-if-present":     claimed("aud", nil),
	"audience-among-anything": claimed("aud", []any{"rp-1", 1}),
	"exp-if-true": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Claim("exp", 0))) && b.accepts(b.p.Token(idp.Claim("exp", nil))) && !b.accepts(b.p.Token(idp.Claim("exp", 1)))
	},
	"iat-if-present": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Claim("iat", nil))) && !b.accepts(b.p.Token(idp.Claim("iat", 9000000000)))
	},
	"nbf-if-number": func(b *bench) bool {
		return b.accepts(b.p.Token(idp.Claim("nbf", "9000000000"))) && !b.accepts(b.p.Token(idp.Claim("nbf", 9000000000)))
	},
	"reads-dates": func(b *bench) bool { return b.accepts(b.p.Token(idp.Claim("exp", "2200-01-01T00:00:00Z"))) },
}
