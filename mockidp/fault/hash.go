package fault

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
)

// RespellHash writes at_hash, c_hash or s_hash in another form than the left
// half of the right hash in base64url: as the hash of "another" text, as the
// "whole" hash, its "right-half", the left half in "hex" or "padded", or as the
// left half of SHA-256 whatever the token's alg is. A token without that hash
// stays as it is.
type RespellHash struct {
	Name string `json:"name"`
	As   string `json:"as" words:"hash-forms"`
}

func (RespellHash) Fault() string { return "token.respell-hash" }
func (f RespellHash) Claiming(c *Claims) {
	text, ok := c.Hashed[f.Name]
	if !ok {
		return
	}
	if f.As == "another" {
		text += "-of-somebody-else"
	}
	whole := hashFor(c.Alg, text)
	if f.As == "sha-256" {
		sum := sha256.Sum256([]byte(text))
		whole = sum[:]
	}
	half := whole[:len(whole)/2]
	written := base64.RawURLEncoding.EncodeToString(half)
	switch f.As {
	case "whole":
		written = base64.RawURLEncoding.EncodeToString(whole)
	case "right-half":
		written = base64.RawURLEncoding.EncodeToString(whole[len(whole)/2:])
	case "hex":
		written = hex.EncodeToString(half)
	case "padded":
		written = base64.URLEncoding.EncodeToString(half)
	}
	c.Set(f.Name, Text(written))
}

// HashForms are the words of [RespellHash].
func HashForms() []string {
	return []string{"another", "whole", "right-half", "hex", "padded", "sha-256"}
}

// hashFor is the hash that belongs to an algorithm: the one that its name ends
// in, and SHA-512 for EdDSA with Ed25519.
func hashFor(alg, text string) []byte {
	switch {
	case len(alg) == 5 && alg[2:] == "256":
		sum := sha256.Sum256([]byte(text))
		return sum[:]
	case len(alg) == 5 && alg[2:] == "384":
		sum := sha512.Sum384([]byte(text))
		return sum[:]
	}
	sum := sha512.Sum512([]byte(text))
	return sum[:]
}
