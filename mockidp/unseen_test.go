package mockidp

import (
	"testing"
	"time"
)

// TestAKeyThatNobodySawIsNeverMade: an RSA key costs tens of milliseconds, and
// a clock can be moved over hundreds of rotations in one step.
func TestAKeyThatNobodySawIsNeverMade(t *testing.T) {
	idp := Start(t)
	schedule := Schedule{Every: time.Hour, PublishAhead: 30 * time.Minute, KeepAfter: 90 * time.Minute}
	if err := idp.Follow(Policy{Schedule: schedule}); err != nil {
		t.Fatal(err)
	}
	if err := idp.Advance(500*time.Hour + 40*time.Minute); err != nil {
		t.Fatal(err)
	}
	made, public := 0, 0
	for _, k := range idp.keys {
		if k.material != nil {
			made++
		}
		if k.public() {
			public++
		}
		if k.public() && k.material == nil {
			t.Errorf("key %s is %s and was not made", k.KID, k.State)
		}
	}
	// The one published ahead, the one that signs and its elder, and the key of
	// the second algorithm; the first of all was made at the start.
	if len(idp.keys) != 503 || public != 4 || made != 5 {
		t.Errorf("of %d keys %d are public and %d were made", len(idp.keys), public, made)
	}
}

// TestKeysThatAreGoneAreLetGo: a key remembers whose place it took, and that one
// must not remember its own elder for ever.
func TestKeysThatAreGoneAreLetGo(t *testing.T) {
	idp := Start(t, TenantConfig{Algs: []string{"ES256"}})
	if err := idp.Follow(Policy{Schedule: Schedule{Every: time.Hour, KeepAfter: 2 * time.Hour}}); err != nil {
		t.Fatal(err)
	}
	if err := idp.Advance(100*time.Hour + time.Minute); err != nil {
		t.Fatal(err)
	}
	chain := 0
	for k := idp.keys[len(idp.keys)-1]; len(k.ousted) > 0; k = k.ousted[0] {
		chain++
	}
	// Two that are still published, and the one that left as the second came.
	if chain != 3 {
		t.Errorf("the key that signs reaches back over %d others", chain)
	}
}
