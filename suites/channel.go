package suites

import (
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites/target"
)

// direct tells whether a relying party had a token straight from the token
// endpoint over TLS. There a client may let the server's certificate stand in for
// the signature (OpenID Connect Core, 3.1.3.7, item 6); through a browser it may
// not (3.2.2.11), and neither may who is tested as anything but a relying party.
func (st *stage) direct(m *mockidp.Minted) bool {
	return st.player.Profile() == scenarios.Login &&
		slices.Contains([]string{"code-id-token", "refreshed-id-token"}, m.Kind) &&
		strings.HasPrefix(st.parties[0].tenant.Issuer(), "https:")
}

// spared tells whether the channel is why accepting this token is no miss: what
// is wrong with it is its signature, or what serves to check one.
func (s sighting) spared() bool {
	serves := s.formal && slices.Contains([]scenarios.Check{scenarios.ReadKid, scenarios.FindKey, scenarios.Signature}, s.check)
	return s.direct && s.verdict.Answer == target.Accept && (!s.vouched || serves)
}

// formal tells whether all that is wrong with what a person gets is the header,
// the signature or the compact form of tokens, and nothing that they say.
func (v *visit) formal() bool {
	return v != nil && len(v.faults) > 0 && !slices.ContainsFunc(v.faults, func(f fault.Fault) bool {
		return !slices.Contains([]fault.Seam{fault.SeamHeader, fault.SeamSignature, fault.SeamCompact}, fault.SeamOf(f))
	})
}
