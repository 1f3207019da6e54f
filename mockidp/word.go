package mockidp

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
)

// Words without meaning here: what a target sees of a tenant must not tell it
// what it is tested for.
var words = []string{
	"amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron",
	"islet", "juniper", "kelp", "larch", "maple", "nettle", "ochre", "pebble",
	"quartz", "reed", "sable", "tarn", "umber", "vale", "willow", "yarrow",
}

// Word is a name that gives nothing away, with letters of both cases and the
// full stop that a pattern would read as anything. The same seed makes the same
// word; an empty seed one that nobody guesses.
func Word(seed string) string {
	if seed == "" {
		seed = rand.Text()
	}
	sum := sha256.Sum256([]byte(seed))
	letters := base32.StdEncoding.EncodeToString(sum[1:])
	return words[int(sum[0])%len(words)] + "." + letters[:6] + lower(letters[6:10])
}

func word() string { return Word("") }
