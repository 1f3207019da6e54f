package steps

import (
	"errors"
	"fmt"
	"slices"
)

// A JWK is a published key before it is vetted: its members, by name.
type JWK struct {
	Members []Member
	Text    string
	steps   *Steps
}

// Member is the value of a member of the JWK.
func (k *JWK) Member(name string) Value {
	for i := range k.Members {
		if k.Members[i].Name == name {
			return k.Members[i].Value
		}
	}
	return ""
}

// Octets decodes a member that is base64url text.
func (k *JWK) Octets(name string) ([]byte, error) {
	text, ok := k.Member(name).Text()
	if !ok {
		return nil, fmt.Errorf("it has no %s", name)
	}
	octets, err := k.steps.decode(nil, text)
	if err != nil {
		return nil, fmt.Errorf("its %s is not base64url: %w", name, err)
	}
	return octets, nil
}

// Key reads and vets one JWK. Members it does not know are ignored (RFC 7517,
// 4), among them x5u and x5c: a certificate never stands in for the key.
func (s *Steps) Key(text string) (*Key, error) {
	jwk := JWK{Text: text, steps: s}
	var err error
	if jwk.Members, err = s.Reading.Object(nil, text); err != nil {
		return nil, err
	}
	key, err := s.vet(&jwk)
	if err != nil {
		return nil, err
	}
	key.Text = text
	if key.Algorithm, err = s.Vetting.Algorithm(&jwk); err != nil {
		return nil, err
	}
	if key.Algorithm != nil && !fitsAlgorithm(key, key.Algorithm) {
		return nil, fmt.Errorf("it is no key for its own alg %s", key.Algorithm.Name)
	}
	if id := jwk.Member("kid"); id.Present() {
		if key.ID, key.Named = id.Text(); !key.Named {
			return nil, errors.New("its kid is not a string")
		}
	}
	return key, nil
}

func (s *Steps) vet(jwk *JWK) (*Key, error) {
	kind, ok := jwk.Member("kty").Text()
	if !ok {
		return nil, errors.New("it has no kty")
	}
	if err := s.Vetting.Purpose(jwk); err != nil {
		return nil, err
	}
	if kind == "oct" {
		if err := s.Vetting.Symmetric(jwk); err != nil {
			return nil, err
		}
		secret, err := jwk.Octets("k")
		return &Key{Secret: secret}, err
	}
	if err := s.Vetting.Private(jwk); err != nil {
		return nil, err
	}
	switch kind {
	case "RSA":
		return s.Vetting.RSA(jwk)
	case "EC":
		return s.Vetting.EC(jwk)
	case "OKP":
		return s.Vetting.OKP(jwk)
	}
	return nil, fmt.Errorf("its kty %s is unknown here", excerpt(kind))
}

// readKeyAlgorithm reads the one algorithm that the key is for, if it says so.
// A name that is no signature algorithm makes it a key for something else.
func readKeyAlgorithm(k *JWK) (*Algorithm, error) {
	value := k.Member("alg")
	if !value.Present() {
		return nil, nil
	}
	name, ok := value.Text()
	if !ok {
		return nil, errors.New("its alg is not a string")
	}
	alg := AlgorithmNamed(name)
	if alg == nil {
		return nil, fmt.Errorf("its alg %s is no signature algorithm known here", excerpt(name))
	}
	return alg, nil
}

// requireVerification refuses a key marked for anything but verifying
// signatures (RFC 7517, 4.2 and 4.3).
func requireVerification(k *JWK) error {
	if use := k.Member("use"); use.Present() {
		if text, ok := use.Text(); !ok || text != "sig" {
			return fmt.Errorf("its use is %s, not sig", excerpt(string(use)))
		}
	}
	if ops := k.Member("key_ops"); ops.Present() {
		list, ok := ops.Texts(nil)
		if !ok || !slices.Contains(list, "verify") {
			return fmt.Errorf("its key_ops are %s, without verify", excerpt(string(ops)))
		}
	}
	return nil
}

// refusePrivate refuses a key whose private part the provider gave away:
// anybody can sign with it (OpenID Connect Discovery, 3).
func refusePrivate(k *JWK) error {
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth"} {
		if k.Member(name).Present() {
			return errors.New("it is published with its private part; rotate it at the provider")
		}
	}
	return nil
}

// refuseSymmetric refuses a secret that everybody can read (OpenID Connect
// Discovery, 3).
func refuseSymmetric(*JWK) error {
	return errors.New("it is symmetric, and a published secret verifies nothing")
}
