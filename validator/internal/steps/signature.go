package steps

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
)

// verify runs the verifier of the algorithm's family.
func (v *Verifying) verify(alg *Algorithm, key *Key, input, sig []byte) bool {
	switch alg.Family {
	case PKCS1:
		return v.PKCS1(alg, key, input, sig)
	case PSS:
		return v.PSS(alg, key, input, sig)
	case ECDSA:
		return v.ECDSA(alg, key, input, sig)
	case EdDSA:
		return v.EdDSA(alg, key, input, sig)
	case HMAC:
		return v.HMAC(alg, key, input, sig)
	}
	return false
}

// signedInput is the encoded header and payload as received (RFC 7515, 5.2
// item 8).
func signedInput(dst []byte, a *Attempt) []byte { return append(dst, a.Parts.Signed...) }

// verifyPKCS1 compares the whole padded block (RFC 8017, 8.2.2).
func verifyPKCS1(alg *Algorithm, key *Key, input, sig []byte) bool {
	return key.RSA != nil && rsa.VerifyPKCS1v15(key.RSA, alg.Hash, digest(alg.Hash, input).bytes(), sig) == nil
}

// verifyPSS takes a salt as long as the hash and nothing else (RFC 7518, 3.5).
func verifyPSS(alg *Algorithm, key *Key, input, sig []byte) bool {
	options := rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
	return key.RSA != nil && rsa.VerifyPSS(key.RSA, alg.Hash, digest(alg.Hash, input).bytes(), sig, &options) == nil
}

// verifyECDSA takes R and S side by side, each as long as the group's order
// (RFC 7518, 3.4). That they lie between zero and the order is the library's
// check.
func verifyECDSA(alg *Algorithm, key *Key, input, sig []byte) bool {
	if key.EC == nil || len(sig) != 2*scalarLength(alg) {
		return false
	}
	var room [141]byte
	der := appendSignature(room[:0], sig[:len(sig)/2], sig[len(sig)/2:])
	return ecdsa.VerifyASN1(key.EC, digest(alg.Hash, input).bytes(), der)
}

// scalarLength is the length of R and of S in bytes.
func scalarLength(alg *Algorithm) int { return (alg.Curve.Params().BitSize + 7) / 8 }

// appendSignature writes R and S as the SEQUENCE of INTEGERs that crypto/ecdsa
// reads.
func appendSignature(dst, r, s []byte) []byte {
	const sequence, long = 0x30, 0x81
	r, s = integer(r), integer(s)
	length := integerLength(r) + integerLength(s)
	dst = append(dst, sequence)
	if length >= 0x80 {
		dst = append(dst, long)
	}
	dst = append(dst, byte(length))
	return appendInteger(appendInteger(dst, r), s)
}

// integer drops leading zeros, but never the last one.
func integer(b []byte) []byte {
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	return b
}

func integerLength(b []byte) int { return 2 + int(b[0]>>7) + len(b) }

func appendInteger(dst, b []byte) []byte {
	const tag = 0x02
	dst = append(dst, tag, byte(integerLength(b)-2))
	if b[0] >= 0x80 {
		dst = append(dst, 0)
	}
	return append(dst, b...)
}

// verifyEdDSA leaves the length, R and S below the order to crypto/ed25519,
// which checks them all (RFC 8032, 5.1.7).
func verifyEdDSA(_ *Algorithm, key *Key, input, sig []byte) bool {
	return len(key.OKP) == ed25519.PublicKeySize && ed25519.Verify(key.OKP, input, sig)
}

// verifyHMAC compares the whole code in constant time (RFC 7518, 3.2).
func verifyHMAC(alg *Algorithm, key *Key, input, sig []byte) bool {
	if len(key.Secret) < alg.Hash.Size() {
		return false
	}
	mac := hmac.New(alg.Hash.New, key.Secret)
	mac.Write(input)
	return hmac.Equal(mac.Sum(nil), sig)
}

// A sum is a digest with room for the longest one, so that it needs no heap.
type sum struct {
	room   [sha512.Size]byte
	length int
}

func (s *sum) bytes() []byte { return s.room[:s.length] }

func digest(hash crypto.Hash, input []byte) *sum {
	s := sum{length: hash.Size()}
	switch hash {
	case crypto.SHA256:
		*(*[sha256.Size]byte)(s.room[:]) = sha256.Sum256(input)
	case crypto.SHA384:
		*(*[sha512.Size384]byte)(s.room[:]) = sha512.Sum384(input)
	case crypto.SHA512:
		s.room = sha512.Sum512(input)
	}
	return &s
}
