package mockidp

import (
	"fmt"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// assemble puts the parts of a token together.
func (t *Tenant) assemble(m *Minted, c fault.Compact) (string, error) {
	token, err := t.join(m, c)
	return c.Prefix + token, err
}

func (t *Tenant) join(m *Minted, c fault.Compact) (string, error) {
	switch {
	case c.Text != "":
		return c.Text + c.Suffix, nil
	case c.Encrypt.Alg != "":
		token, err := t.encrypt(m, c)
		return token + c.Suffix, err
	case c.Form != "":
		token, err := t.serialize(m, c)
		return token + c.Suffix, err
	case c.Cut < 0:
		return c.Suffix, nil
	case c.Cut == 1:
		return c.Header + c.Suffix, nil
	case c.Cut == 2:
		return c.Header + "." + c.Payload + c.Suffix, nil
	}
	return c.Header + "." + c.Payload + "." + c.Signature + c.Suffix, nil
}

// serialize writes one of the JSON serializations of RFC 7515 section 7.2, or
// what only looks like one.
func (t *Tenant) serialize(m *Minted, c fault.Compact) (string, error) {
	payload := fault.Member{Name: "payload", Value: fault.Text(c.Payload)}
	protected := fault.Member{Name: "protected", Value: fault.Text(c.Header)}
	signature := fault.Member{Name: "signature", Value: fault.Text(c.Signature)}
	unprotected := func(o fault.Object) fault.Member {
		return fault.Member{Name: "header", Value: fault.JSON(o.Append(nil))}
	}
	list := func(signatures ...fault.Object) fault.Member {
		var texts []string
		for _, s := range signatures {
			texts = append(texts, string(s.Append(nil)))
		}
		return fault.Member{Name: "signatures", Value: fault.JSON("[" + strings.Join(texts, ",") + "]")}
	}

	var o fault.Object
	switch c.Form {
	case "percent-encoded":
		return c.Header + "%2E" + c.Payload + "%2E" + c.Signature, nil
	case "flattened":
		o = fault.Object{payload, protected, signature}
	case "general":
		o = fault.Object{payload, list(fault.Object{protected, signature})}
	case "general-with-attacker":
		forged, err := t.attackerOver(m, c.Payload)
		if err != nil {
			return "", err
		}
		o = fault.Object{payload, list(forged, fault.Object{protected, signature})}
	case "empty-signatures":
		o = fault.Object{payload, list()}
	case "unprotected-alg":
		o = fault.Object{payload, protected, unprotected(fault.Object{{Name: "alg", Value: fault.Text(m.Alg)}}), signature}
	case "unprotected-kid":
		o = fault.Object{payload, protected, unprotected(fault.Object{{Name: "kid", Value: fault.Text(m.KID)}}), signature}
	case "unprotected-overrides":
		o = fault.Object{payload, protected, unprotected(fault.Object{{Name: "alg", Value: `"none"`}}), signature}
	case "no-protected":
		o = fault.Object{payload, unprotected(fault.Object{
			{Name: "alg", Value: fault.Text(m.Alg)}, {Name: "kid", Value: fault.Text(m.KID)},
		}), signature}
	case "polyglot":
		// A reader that splits at full stops and drops what is not base64url
		// finds a header and forged claims in the first name; one that reads
		// JSON finds an honest JWS.
		other := fault.Compact{Payload: c.Payload}
		fault.SetClaimAfterSigning{Name: "sub", Value: `"mallory"`}.Compacting(&other)
		o = fault.Object{
			{Name: "  " + c.Header + "." + other.Payload + ".", Value: `""`},
			protected, payload, signature,
		}
	default:
		return "", fmt.Errorf("no serialization is called %q", c.Form)
	}
	return string(o.Append(nil)), nil
}

// attackerOver is an entry of a general serialization in which the attacker
// signs the same payload.
func (t *Tenant) attackerOver(m *Minted, payload string) (fault.Object, error) {
	alg, ok := algorithmOf(m.Alg)
	if !ok {
		return nil, fmt.Errorf("an attacker cannot sign with %q", m.Alg)
	}
	attacker, err := t.designated("attacker", m.Alg)
	if err != nil {
		return nil, err
	}
	header := encode(fault.Object{
		{Name: "alg", Value: fault.Text(m.Alg)}, {Name: "kid", Value: fault.Text(attacker.KID)},
	}.Append(nil))
	octets, err := alg.sign(attacker.material, []byte(header+"."+payload))
	if err != nil {
		return nil, err
	}
	return fault.Object{
		{Name: "protected", Value: fault.Text(header)}, {Name: "signature", Value: fault.Text(encode(octets))},
	}, nil
}
