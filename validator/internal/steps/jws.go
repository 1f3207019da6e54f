package steps

import (
	"context"
	"errors"
)

// Verify checks the signature of a JWS and nothing else, and returns its
// payload, whatever that is.
func (s *Steps) Verify(raw string, key *Key, pinned []*Algorithm) ([]byte, *Refusal) {
	a := Begin(s, nil, nil, raw)
	defer a.End()
	if refusal := a.parseHeader(); refusal != nil {
		return nil, refusal
	}
	if refusal := ReadKid(context.Background(), a); refusal != nil {
		return nil, refusal
	}
	var err error
	if a.Algorithm, err = s.Heading.Pin(&a.Header, pinned); err != nil {
		return nil, refuse(CheckSignature, CodeAlg, err)
	}
	if !s.Choosing.Fits(key, a.Algorithm) {
		return nil, refusef(CheckKey, CodeKey, "the key is not for %s", a.Algorithm.Name)
	}
	payload, err := s.decode(nil, a.Parts.Payload)
	if err != nil {
		return nil, refusef(CheckParse, CodeParse, "the payload cannot be read: %w", err)
	}
	a.PayloadText = string(payload)
	a.Keys = append(a.Keys[:0], key)
	if !a.verifies() {
		return nil, refuse(CheckSignature, CodeSignature, errors.New("the signature does not fit"))
	}
	return payload, nil
}

// HandedOver are the steps for a key that the caller hands over, which may be
// symmetric because nobody published it.
func (s *Steps) HandedOver() *Steps {
	handed := *s
	handed.Vetting.Symmetric = func(*JWK) error { return nil }
	return &handed
}
