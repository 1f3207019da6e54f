package fault

// SetKeyMember gives a member of the signing key's JWK another value, or adds
// it.
type SetKeyMember struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
}

func (SetKeyMember) Fault() string { return "keyset.set-key-member" }
func (f SetKeyMember) Publishing(k *KeySet) {
	k.signing(func(p *PublishedKey) { p.Set(f.Name, f.Value) })
}

// DropKeyMember leaves a member of the signing key's JWK out, or of every
// JWK in the set so far.
type DropKeyMember struct {
	Name  string `json:"name"`
	Every bool   `json:"every,omitempty"`
}

func (DropKeyMember) Fault() string { return "keyset.drop-key-member" }
func (f DropKeyMember) Publishing(k *KeySet) {
	if f.Every {
		for i := range k.Keys {
			k.Keys[i].Without = f.Name
		}
		return
	}
	k.signing(func(p *PublishedKey) { p.Drop(f.Name) })
}

// RetypeKey publishes, under the signing key's kid, a key of another type.
type RetypeKey struct {
	As string `json:"as" words:"key-types"`
}

func (RetypeKey) Fault() string { return "keyset.retype-key" }
func (f RetypeKey) Publishing(k *KeySet) {
	k.signing(func(p *PublishedKey) { p.Retype = f.As })
}

// KeyTypes are the words of [RetypeKey].
func KeyTypes() []string { return []string{"rsa", "ec", "okp", "oct"} }

// SetKeyPoint publishes the signing key with a point that is not what it
// should be (CVE-2017-16007).
type SetKeyPoint struct {
	Point string `json:"point" words:"points"`
}

func (SetKeyPoint) Fault() string { return "keyset.set-key-point" }
func (f SetKeyPoint) Publishing(k *KeySet) {
	k.signing(func(p *PublishedKey) { p.Point = f.Point })
}

// PublishKey adds a key to the set: a second honest one, a weak one, one for
// encryption, a symmetric one (CVE-2021-46743). It has a kid of its own, or
// the one that is given, which may be another key's.
type PublishKey struct {
	Key   string `json:"key" words:"keys"`
	First bool   `json:"first,omitempty"`
	KID   string `json:"kid,omitempty"`
}

func (PublishKey) Fault() string { return "keyset.publish-key" }
func (f PublishKey) Publishing(k *KeySet) {
	k.add(PublishedKey{Key: f.Key, KID: f.KID}, f.First)
}

// PublishPrivate publishes the signing key with its private half, so that
// anybody can sign (OpenID Connect Discovery section 3).
type PublishPrivate struct{}

func (PublishPrivate) Fault() string { return "keyset.publish-private" }
func (f PublishPrivate) Publishing(k *KeySet) {
	k.signing(func(p *PublishedKey) { p.Private = true })
}

// PublishJWK adds an entry to the set, whatever it is: a JWK, or no object at
// all.
type PublishJWK struct {
	JWK   JSON `json:"jwk"`
	First bool `json:"first,omitempty"`
}

func (PublishJWK) Fault() string { return "keyset.publish-jwk" }
func (f PublishJWK) Publishing(k *KeySet) {
	if o, ok := ReadObject([]byte(f.JWK)); ok {
		k.add(PublishedKey{Object: o}, f.First)
		return
	}
	k.add(PublishedKey{Text: f.JWK}, f.First)
}

// PublishMany adds this many P-256 keys to the set, each with a kid of its own
// and none of which signs anything (CWE-770, CWE-407).
type PublishMany struct {
	Count int  `json:"count"`
	First bool `json:"first,omitempty"`
}

func (PublishMany) Fault() string { return "keyset.publish-many" }
func (f PublishMany) Publishing(k *KeySet) {
	if f.Count > 0 {
		k.add(PublishedKey{Many: f.Count}, f.First)
	}
}

// SetKeySetNames adds this many members to the key set under names that no
// answer had before, for readers that never forget a name (CVE-2024-31209,
// CVE-2026-55733).
type SetKeySetNames struct {
	Count int `json:"count"`
}

func (SetKeySetNames) Fault() string          { return "keyset.set-names" }
func (f SetKeySetNames) Publishing(k *KeySet) { k.Names = f.Count }

// SetKeySetShape publishes a document that is no JWK Set.
type SetKeySetShape struct {
	Shape string `json:"shape" words:"shapes"`
}

func (SetKeySetShape) Fault() string          { return "keyset.set-shape" }
func (f SetKeySetShape) Publishing(k *KeySet) { k.Shape = f.Shape }

// SetKeySetDepth adds a member to the key set that nests arrays this deep.
type SetKeySetDepth struct {
	Depth int `json:"depth"`
}

func (SetKeySetDepth) Fault() string          { return "keyset.set-depth" }
func (f SetKeySetDepth) Publishing(k *KeySet) { k.Depth = f.Depth }

func (k *KeySet) signing(do func(*PublishedKey)) {
	for i := range k.Keys {
		if k.Keys[i].Signs {
			do(&k.Keys[i])
		}
	}
}

func (k *KeySet) add(p PublishedKey, first bool) {
	if first {
		k.Keys = append([]PublishedKey{p}, k.Keys...)
		return
	}
	k.Keys = append(k.Keys, p)
}
