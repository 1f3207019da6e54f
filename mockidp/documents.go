package mockidp

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// documents are the two documents of a tenant, rendered. The older key set is
// that of a node which is behind; without one it is the other.
type documents struct{ metadata, keySet, older document }

type document struct {
	body          []byte
	hash, excerpt string // for the journal
}

func documentOf(body []byte) document {
	hash, text := excerpt(body)
	return document{body, hash, text}
}

// documents renders what an honest tenant serves, once until something
// changes.
func (t *Tenant) documents() (*documents, error) {
	if d := t.plain.Load(); d != nil {
		return d, nil
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	keySet, err := render(t.keySet(false), nil)
	if err != nil {
		return nil, err
	}
	d := &documents{metadata: documentOf(t.metadata().Append(nil)), keySet: documentOf(keySet)}
	d.older = d.keySet
	if t.older != nil {
		older, err := render(t.keySet(true), nil)
		if err != nil {
			return nil, err
		}
		d.older = documentOf(older)
	}
	// Whoever changes something holds the lock for writing, so what is stored
	// here is still true.
	t.plain.Store(d)
	return d, nil
}

// KeySetDocument is the honest key set, as text.
func (t *Tenant) KeySetDocument() []byte {
	t.keepUp()
	d, err := t.documents()
	if err != nil {
		return nil
	}
	return d.keySet.body
}

// metadata is the honest discovery document (OpenID Connect Discovery section
// 3). The lock is held.
func (t *Tenant) metadata() fault.Object {
	signing := make([]string, len(assertionAlgs))
	for i, alg := range assertionAlgs {
		signing[i] = string(alg)
	}
	o := fault.Object{
		{Name: "issuer", Value: fault.Text(t.issuer)},
		{Name: "authorization_endpoint", Value: fault.Text(t.endpointURL(Authorization))},
		{Name: "token_endpoint", Value: fault.Text(t.endpointURL(TokenEndpoint))},
		{Name: "userinfo_endpoint", Value: fault.Text(t.endpointURL(UserInfo))},
		{Name: "jwks_uri", Value: fault.Text(t.homeURI())},
		{Name: "registration_endpoint", Value: fault.Text(t.endpointURL(Registration))},
		{Name: "introspection_endpoint", Value: fault.Text(t.endpointURL(Introspection))},
		{Name: "end_session_endpoint", Value: fault.Text(t.endpointURL(EndSession))},
		{Name: "scopes_supported", Value: listed(scopes...)},
		{Name: "response_types_supported", Value: listed(responseTypes...)},
		{Name: "response_modes_supported", Value: listed(fault.ResponseModes()...)},
		{Name: "grant_types_supported", Value: listed(append([]string{"implicit"}, grantTypes...)...)},
		{Name: "subject_types_supported", Value: listed("public")},
		{Name: "id_token_signing_alg_values_supported", Value: listed(t.algs()...)},
		{Name: "userinfo_signing_alg_values_supported", Value: listed(t.algs()...)},
		{Name: "token_endpoint_auth_methods_supported", Value: listed(authMethods...)},
		{Name: "token_endpoint_auth_signing_alg_values_supported", Value: listed(signing...)},
		{Name: "introspection_endpoint_auth_methods_supported", Value: listed(authMethods[:3]...)},
		{Name: "introspection_endpoint_auth_signing_alg_values_supported", Value: listed(signing...)},
		{Name: "code_challenge_methods_supported", Value: listed("S256", "plain")},
		{Name: "request_uri_parameter_supported", Value: "false"},
		{Name: "authorization_response_iss_parameter_supported", Value: "true"},
		{Name: "backchannel_logout_supported", Value: "true"},
		{Name: "backchannel_logout_session_supported", Value: "true"},
	}
	if t.cfg.Unforgiving {
		o = append(o, t.unforgivingMetadata()...)
	}
	return o
}

// keySet is the honest key set, or that of a node which is behind. The lock is
// held.
func (t *Tenant) keySet(older bool) fault.KeySet {
	var set fault.KeySet
	signs, list := t.active(t.first()), t.keys
	older = older && t.older != nil
	if older {
		signs, list = t.older.signs, t.older.keys
	}
	if t.cfg.Unforgiving {
		set.Keys = t.unforgivingKeys()
	}
	for _, k := range list {
		if k.public() || older {
			o := k.jwk()
			if t.cfg.Unforgiving {
				o.Drop("alg")
			}
			set.Keys = append(set.Keys, fault.PublishedKey{Object: o, Signs: k == signs})
		}
	}
	return set
}

// render writes a key set; fill supplies the public half of a key that a fault
// only named.
func render(set fault.KeySet, fill func(fault.PublishedKey) (fault.Object, error)) ([]byte, error) {
	var entries []byte
	entries = append(entries, '[')
	for i, k := range set.Keys {
		if i > 0 {
			entries = append(entries, ',')
		}
		switch {
		case k.Text != "":
			entries = append(entries, k.Text...)
			continue
		case k.Many > 0:
			entries = append(entries, crowd(k.Many)...)
			continue
		}
		o := k.Object
		if k.Key != "" || k.Retype != "" || k.Point != "" || k.Private {
			var err error
			if o, err = fill(k); err != nil {
				return nil, err
			}
		}
		if k.KID != "" {
			o.Set("kid", fault.Text(k.KID))
		}
		if k.Without != "" {
			o.Drop(k.Without)
		}
		entries = o.Append(entries)
	}
	entries = append(entries, ']')
	return shaped(set, entries)
}

// shaped puts the entries into a JWK Set, or into what stands in its place.
func shaped(set fault.KeySet, entries []byte) ([]byte, error) {
	keys := func(value string) []byte { return []byte(`{"keys":` + value + `}`) }
	switch set.Shape {
	case "":
		if set.Depth > 0 {
			deep := strings.Repeat("[", set.Depth) + strings.Repeat("]", set.Depth)
			return []byte(`{"x":` + deep + `,"keys":` + string(entries) + `}`), nil
		}
		return keys(string(entries)), nil
	case "keys-twice":
		return []byte(`{"keys":` + string(entries) + `,"keys":[]}`), nil
	case "keys-upper-case":
		return []byte(`{"KEYS":` + string(entries) + `}`), nil
	case "empty-object":
		return []byte(`{}`), nil
	case "keys-null":
		return keys("null"), nil
	case "keys-object":
		return keys(`{"0":` + strings.Trim(string(entries), "[]") + `}`), nil
	case "keys-string":
		return keys(string(fault.Text(string(entries)))), nil
	case "empty-set":
		return keys("[]"), nil
	case "bare-array":
		return entries, nil
	case "bare-jwk":
		if len(set.Keys) == 0 {
			return []byte(`{}`), nil
		}
		for _, k := range set.Keys {
			if k.Signs {
				return k.Object.Append(nil), nil
			}
		}
		return set.Keys[0].Object.Append(nil), nil
	case "certificate-map":
		var o fault.Object
		for i, k := range set.Keys {
			kid, _ := k.Get("kid")
			name := strings.Trim(string(kid), `"`)
			if name == "" {
				name = strconv.Itoa(i)
			}
			o = append(o, fault.Member{Name: name, Value: fault.Text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")})
		}
		return o.Append(nil), nil
	case "error-document":
		return []byte(`{"error":"temporarily_unavailable","error_description":"try again later"}`), nil
	}
	return nil, fmt.Errorf("no key set has the shape %q", set.Shape)
}

// fill is the JWK for a key that a fault named, retyped or bent.
func (t *Tenant) fill(p fault.PublishedKey) (fault.Object, error) {
	switch {
	case p.Key != "":
		k, err := t.designated(p.Key, t.first())
		if err != nil {
			return nil, err
		}
		if k == nil {
			return nil, fmt.Errorf("tenant %s has no active key to publish", t.Name())
		}
		return k.jwkFor(p.Key), nil
	case p.Retype != "":
		k, err := t.designated(p.Retype, t.first())
		if err != nil {
			return nil, err
		}
		o := p.Object.Clone()
		for _, name := range keyMembers {
			o.Drop(name)
		}
		// The claim to an algorithm goes too: the kid alone leads here.
		o.Drop("alg")
		return append(o, k.material.public...), nil
	case p.Private:
		k, err := t.designated("active", t.first())
		if err != nil {
			return nil, err
		}
		if k == nil {
			return nil, fmt.Errorf("tenant %s has no active key to publish", t.Name())
		}
		return k.withPrivateHalf(p.Object.Clone())
	}
	return bendPoint(p.Object.Clone(), p.Point)
}

// keyMembers are the members of a JWK that are the public key itself.
var keyMembers = []string{"kty", "n", "e", "crv", "x", "y", "k"}

// bendPoint publishes an elliptic-curve key whose point is not on the curve,
// the point at infinity, or beyond the field.
func bendPoint(o fault.Object, how string) (fault.Object, error) {
	x, okX := o.Get("x")
	y, okY := o.Get("y")
	if !okX || !okY {
		return nil, fmt.Errorf("only an elliptic-curve key has a point to bend")
	}
	size := len(decode(y))
	switch how {
	case "off-curve":
		bent := new(big.Int).SetBytes(decode(y))
		bent.SetBit(bent, 0, bent.Bit(0)^1)
		o.Set("y", b64(bent.FillBytes(make([]byte, size))))
	case "infinity":
		o.Set("x", b64(make([]byte, size)))
		o.Set("y", b64(make([]byte, size)))
	case "x-over-p":
		beyond := decode(x)
		for i := range beyond {
			beyond[i] = 0xff
		}
		o.Set("x", b64(beyond))
	default:
		return nil, fmt.Errorf("no point is called %q", how)
	}
	return o, nil
}

func decode(v fault.JSON) []byte {
	raw, err := decodeText(strings.Trim(string(v), `"`))
	if err != nil {
		return nil
	}
	return raw
}
