package mockidp

import (
	"crypto/rand"
	"math/big"
)

// Words without meaning here: what a target sees of a tenant must not tell it
// what it is tested for.
var words = []string{
	"amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron",
	"islet", "juniper", "kelp", "larch", "maple", "nettle", "ochre", "pebble",
	"quartz", "reed", "sable", "tarn", "umber", "vale", "willow", "yarrow",
}

// word is a random name that nobody guesses, with letters of both cases and
// the full stop that a pattern would read as anything.
func word() string {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(words))))
	if err != nil {
		panic("mockidp: the system has no randomness: " + err.Error())
	}
	return words[n.Int64()] + "." + rand.Text()[:6] + lower(rand.Text()[:4])
}
