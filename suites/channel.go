package suites

import (
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp"
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
	return s.direct && s.verdict.Answer == target.Accept &&
		(!s.vouched || slices.Contains([]scenarios.Check{scenarios.ReadKid, scenarios.FindKey, scenarios.Signature}, s.check))
}
