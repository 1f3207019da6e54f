package steps

import (
	"errors"
	"fmt"
	"strings"
)

// A Header is a JOSE header. Only what the checks ask for is read; jku, jwk,
// x5u and x5c are the sender's word about its own key and are never asked for.
type Header struct {
	Alg, KeyID, Typ, Content, Critical, Unencoded Value
	Members                                       []Member
}

// read sorts the members of the header.
func (h *Header) read() {
	for i := range h.Members {
		m := &h.Members[i]
		switch m.Name {
		case "alg":
			h.Alg = m.Value
		case "kid":
			h.KeyID = m.Value
		case "typ":
			h.Typ = m.Value
		case "cty":
			h.Content = m.Value
		case "crit":
			h.Critical = m.Value
		case "b64":
			h.Unencoded = m.Value
		}
	}
}

// Member is the value of any member of the header.
func (h *Header) Member(name string) Value {
	for i := range h.Members {
		if h.Members[i].Name == name {
			return h.Members[i].Value
		}
	}
	return ""
}

// readKeyID takes kid for a string, and its absence for what it is (RFC 7515,
// 4.1.4).
func readKeyID(h *Header) (string, bool, error) {
	if !h.KeyID.Present() {
		return "", false, nil
	}
	kid, ok := h.KeyID.Text()
	if !ok {
		return "", false, errors.New("kid is not a string")
	}
	return kid, true, nil
}

// refuseCritical refuses every crit: no extension is understood here, and a
// list that names none is malformed (RFC 7515, 4.1.11).
func refuseCritical(h *Header) error {
	if h.Critical.Present() {
		return fmt.Errorf("the header demands extensions %s, and none is supported", excerpt(string(h.Critical)))
	}
	return nil
}

// refuseUnencoded refuses a payload that is not base64url, which no JWT may
// have (RFC 7797, 7). "b64":true says nothing new.
func refuseUnencoded(h *Header) error {
	if h.Unencoded.Present() && h.Unencoded != "true" {
		return errors.New("b64 is not true; a JWT never has an unencoded payload")
	}
	return nil
}

// refuseNested refuses cty JWT: such a token holds another token, not claims
// (RFC 7519, 5.2 and 7.2 item 8). Other content types are the sender's note.
func refuseNested(h *Header) error {
	if content, ok := h.Content.Text(); ok && isMediaType(content, "jwt") {
		return errors.New("cty says that the payload is itself a token; nested tokens are not supported")
	}
	return nil
}

// requireType refuses the types of other kinds of token, so that one is never
// taken for another (RFC 8725, 3.11 and 3.12). An ID token may leave typ out;
// an access token of RFC 9068 may not (RFC 9068, 4).
func requireType(h *Header, kind Kind) error {
	if !h.Typ.Present() {
		if kind == AccessToken {
			return errors.New("typ is missing; an access token of RFC 9068 has typ at+jwt")
		}
		return nil
	}
	typ, ok := h.Typ.Text()
	if !ok {
		return errors.New("typ is not a string")
	}
	isJWT, isAccessToken := isMediaType(typ, "jwt"), isMediaType(typ, "at+jwt")
	switch {
	case kind == IDToken && isJWT,
		kind == AccessToken && isAccessToken,
		kind == BearerJWT && (isJWT || isAccessToken):
		return nil
	}
	return fmt.Errorf("typ %s marks another kind of token than %v", excerpt(typ), kind)
}

// isMediaType tells whether typ means application/ and a subtype. The prefix
// may be left out, and case does not matter (RFC 7515, 4.1.9).
func isMediaType(typ, subtype string) bool {
	const prefix = "application/"
	if len(typ) > len(prefix) && strings.EqualFold(typ[:len(prefix)], prefix) {
		typ = typ[len(prefix):]
	}
	return strings.EqualFold(typ, subtype)
}

// pinAlgorithm takes the algorithm that the header names, if it is one of
// those pinned by configuration and spelled exactly so (RFC 8725, 3.1).
func pinAlgorithm(h *Header, pinned []*Algorithm) (*Algorithm, error) {
	name, ok := h.Alg.Text()
	if !ok {
		return nil, errors.New("the header has no alg that is a string")
	}
	for _, alg := range pinned {
		if alg.Name == name {
			return alg, nil
		}
	}
	return nil, fmt.Errorf("alg %s is not one of those pinned: %s", excerpt(name), names(pinned))
}
