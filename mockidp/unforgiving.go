package mockidp

import "github.com/rogueidp/rogueidp/mockidp/fault"

// unforgive makes a tenant as awkward as the specifications allow: keys of
// types that few know, keys without alg, members that nobody has heard of.
// Nothing of it is a lie, and a client that follows the texts does not mind.
func (t *Tenant) unforgive() error {
	for _, word := range aliens {
		if _, err := t.designated(word, t.first()); err != nil {
			return err
		}
	}
	t.cfg.Claims = append(t.cfg.Claims,
		fault.Member{Name: "urn:rogueidp:unknown", Value: `{"nested":[1,{"deep":null}]}`},
		fault.Member{Name: "amr", Value: `["pwd"]`},
	)
	return nil
}

// aliens are keys that stand in an unforgiving key set beside the honest ones.
var aliens = []string{"es256k", "okp", "rsa-encryption", "ec-encryption"}

// unforgivingKeys come before the honest ones. The lock is held.
func (t *Tenant) unforgivingKeys() []fault.PublishedKey {
	alien := fault.PublishedKey{Object: fault.Object{
		{Name: "kty", Value: `"AKP"`}, {Name: "alg", Value: `"ML-DSA-44"`},
		{Name: "kid", Value: `"post-quantum"`}, {Name: "pub", Value: `"AAAA"`},
	}}
	published := []fault.PublishedKey{alien}
	for _, word := range aliens {
		k, _, err := kindNamed(word, t.first())
		if made := t.named[word+" "+string(k)]; err == nil && made != nil {
			published = append(published, fault.PublishedKey{Object: made.jwkFor(word)})
		}
	}
	return published
}

// unforgivingMetadata are members that clients must ignore (OpenID Connect
// Discovery section 4.2) and one more that they may trip over.
func (t *Tenant) unforgivingMetadata() fault.Object {
	return fault.Object{
		{Name: "x_rogueidp_unknown", Value: `{"a":[null]}`},
		{Name: "service_documentation", Value: `"https://rogueidp.test/ünïcode"`},
		{Name: "claims_supported", Value: `[]`},
	}
}
