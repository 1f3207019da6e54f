package mockidp_test

import (
	"crypto"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// inMemory is a tenant that no socket leads to. Its keys cost nothing unless
// the configuration wants RSA.
func inMemory(t interface {
	mockidp.TB
	Fatal(args ...any)
}, cfg mockidp.TenantConfig) *mockidp.Tenant {
	t.Helper()
	p, err := mockidp.New(mockidp.Config{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	if cfg.Algs == nil {
		cfg.Algs = []string{"ES256", "ES384"}
	}
	idp, err := p.Tenant(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return idp
}

func preset(t *testing.T, name string) mockidp.Policy {
	t.Helper()
	p, err := mockidp.PolicyNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func follow(t *testing.T, idp *mockidp.Tenant, p mockidp.Policy) {
	t.Helper()
	if err := idp.Follow(p); err != nil {
		t.Fatal(err)
	}
}

// to moves a tenant to a time since it began to follow its policy, and a minute
// more: the clock runs on while it is moved.
func to(t *testing.T, idp *mockidp.Tenant, at time.Duration) {
	t.Helper()
	_, since, _ := idp.Following()
	if err := idp.Advance(since.Add(at + time.Minute).Sub(idp.Clock().Now())); err != nil {
		t.Fatal(err)
	}
}

// letter names keys in the order in which they came: kids are random, and two
// keys may share one.
func letter(i int) string { return string(rune('A' + i)) }

// states are the states of a tenant's keys, such as "A retired, B active".
func states(idp *mockidp.Tenant) string {
	var all []string
	for i, k := range idp.Keys() {
		all = append(all, letter(i)+" "+string(k.State))
	}
	return strings.Join(all, ", ")
}

// published are the letters of the keys that are served, by what they are made
// of. Keys that were never served while this looked have no letter yet.
type published map[string]string

func (p published) letters(idp *mockidp.Tenant, set jose.JSONWebKeySet) string {
	var all []string
	for _, k := range set.Keys {
		print, err := k.Thumbprint(crypto.SHA256)
		if err != nil {
			return err.Error()
		}
		if p[string(print)] == "" {
			// The youngest key with this kid is the one that is new.
			for i, known := range slices.Backward(idp.Keys()) {
				if known.KID == k.KeyID {
					p[string(print)] = letter(i)
					break
				}
			}
		}
		all = append(all, p[string(print)])
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// history is the journal's marks by a policy, dated from its start.
func history(idp *mockidp.Tenant) []string {
	_, since, _ := idp.Following()
	letters := map[string]string{}
	for i, k := range idp.Keys() {
		letters[k.KID] = letter(i)
	}
	var marks []string
	for _, e := range idp.Journal().Entries(0) {
		if strings.HasPrefix(e.Cause, "policy ") {
			what, kid, moved := strings.Cut(e.Mark, " ")
			if moved && letters[kid] != "" {
				kid = letters[kid]
			}
			marks = append(marks, fmt.Sprintf("%v %s %s (%s)", e.Time.Sub(since), what, kid, e.Cause))
		}
	}
	return marks
}

// TestPresets moves the clock through every preset. A and B are there from the
// start; A signs first.
func TestPresets(t *testing.T) {
	const h = time.Hour
	type sight struct {
		at     time.Duration
		states string
		serves string // in one answer, or in two that disagree
		signs  string
	}
	for name, c := range map[string]struct {
		sights []sight
		marks  []string
	}{
		"hard-cut": {
			[]sight{
				{7 * h, "A active, B active", "AB", "A"},
				{8 * h, "A removed, B active, C active", "BC", "C"},
				{16 * h, "A removed, B active, C removed, D active", "BD", "D"},
			},
			[]string{
				"8h0m0s removed A (policy hard-cut: rotate every 8h)",
				"8h0m0s active C (policy hard-cut: rotate every 8h)",
				"16h0m0s removed C (policy hard-cut: rotate every 8h)",
				"16h0m0s active D (policy hard-cut: rotate every 8h)",
			},
		},
		"overlap": {
			[]sight{
				{8 * h, "A retired, B active, C active", "ABC", "C"},
				{11 * h, "A retired, B active, C active", "ABC", "C"},
				{12 * h, "A removed, B active, C active", "BC", "C"},
				{16 * h, "A removed, B active, C retired, D active", "BCD", "D"},
				{20 * h, "A removed, B active, C removed, D active", "BD", "D"},
			},
			[]string{
				"8h0m0s retired A (policy overlap: rotate every 8h)",
				"8h0m0s active C (policy overlap: rotate every 8h)",
				"12h0m0s removed A (policy overlap: remove 4h after)",
				"16h0m0s retired C (policy overlap: rotate every 8h)",
				"16h0m0s active D (policy overlap: rotate every 8h)",
				"20h0m0s removed C (policy overlap: remove 4h after)",
			},
		},
		"publish-ahead-24h": {
			[]sight{
				{7 * h, "A active, B active", "AB", "A"},
				{8 * h, "A active, B active, C published", "ABC", "A"},
				{31 * h, "A active, B active, C published", "ABC", "A"},
				{32 * h, "A retired, B active, C active", "ABC", "C"},
				{40 * h, "A retired, B active, C active, D published", "ABCD", "C"},
				{56 * h, "A removed, B active, C active, D published", "BCD", "C"},
				{64 * h, "A removed, B active, C retired, D active", "BCD", "D"},
			},
			[]string{
				"8h0m0s published C (policy publish-ahead-24h: publish 24h ahead)",
				"32h0m0s retired A (policy publish-ahead-24h: rotate every 32h)",
				"32h0m0s active C (policy publish-ahead-24h: rotate every 32h)",
				"40h0m0s published D (policy publish-ahead-24h: publish 24h ahead)",
				"56h0m0s removed A (policy publish-ahead-24h: remove 24h after)",
				"64h0m0s retired C (policy publish-ahead-24h: rotate every 32h)",
				"64h0m0s active D (policy publish-ahead-24h: rotate every 32h)",
			},
		},
		"emergency": {
			[]sight{
				{7 * h, "A active, B active", "AB", "A"},
				{8 * h, "A removed, B active, C active", "BC", "C"},
				{99 * h, "A removed, B active, C active", "BC", "C"},
			},
			[]string{
				"8h0m0s removed A (policy emergency: rotate at 8h)",
				"8h0m0s active C (policy emergency: rotate at 8h)",
			},
		},
		"same-kid": {
			[]sight{
				{7 * h, "A active, B active", "AB", "A"},
				{8 * h, "A removed, B active, C active", "BC", "C"},
			},
			[]string{
				// The one kid is known by the letter of the key that has it now.
				"8h0m0s removed C (policy same-kid: rotate at 8h)",
				"8h0m0s active C (policy same-kid: rotate at 8h)",
			},
		},
		"flapping": {
			[]sight{
				{7 * h, "A active, B active", "AB", "A"},
				{8 * h, "A retired, B active, C active", "AB|ABC", "C"},
				{9 * h, "A retired, B active, C active", "AB|ABC", "C"},
				{10 * h, "A retired, B active, C active", "ABC", "C"},
			},
			[]string{
				"8h0m0s nodes disagree (policy flapping: disagree at 8h)",
				"8h0m0s retired A (policy flapping: rotate at 8h)",
				"8h0m0s active C (policy flapping: rotate at 8h)",
				"10h0m0s nodes agree (policy flapping: agree at 10h)",
			},
		},
		"rollback": {
			[]sight{
				{8 * h, "A retired, B active, C active", "ABC", "C"},
				{10 * h, "A active, B active, C removed", "AB", "A"},
			},
			[]string{
				"8h0m0s retired A (policy rollback: rotate at 8h)",
				"8h0m0s active C (policy rollback: rotate at 8h)",
				"10h0m0s removed C (policy rollback: rollback at 10h)",
				"10h0m0s active A (policy rollback: rollback at 10h)",
			},
		},
		"alg-change": {
			[]sight{
				{7 * h, "A active, B active", "AB", "A"},
				{8 * h, "A retired, B retired, C active", "ABC", "C"},
			},
			[]string{
				"8h0m0s retired A (policy alg-change: rotate at 8h)",
				"8h0m0s retired B (policy alg-change: rotate at 8h)",
				"8h0m0s active C (policy alg-change: rotate at 8h)",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			idp := inMemory(t, mockidp.TenantConfig{})
			look := published{}
			look.letters(idp, keySet(t, idp))
			follow(t, idp, preset(t, name))
			first := mint(t, idp)
			for _, s := range c.sights {
				to(t, idp, s.at)
				if got := states(idp); got != s.states {
					t.Errorf("after %v: %s, want %s", s.at, got, s.states)
				}
				answers := []string{look.letters(idp, keySet(t, idp)), look.letters(idp, keySet(t, idp))}
				if got := strings.Join(slices.Compact(answers), "|"); got != s.serves {
					t.Errorf("after %v the key set is %s, want %s", s.at, got, s.serves)
				}
				m := mint(t, idp)
				keys := idp.Keys()
				if i := slices.IndexFunc(keys, func(k mockidp.Key) bool { return k.KID == m.KID && k.State == mockidp.Active }); i < 0 || letter(i) != s.signs {
					t.Errorf("after %v key %d signs, want %s", s.at, i, s.signs)
				}
				if _, err := judge(idp, keySetNow(t, idp), m.Token, m.Alg); err != nil {
					t.Errorf("after %v a new token is refused: %v", s.at, err)
				}
				if state := idp.Standing(m, idp.Clock().Now()); state != mockidp.Active {
					t.Errorf("after %v the key that signs is %s", s.at, state)
				}
			}
			if got := history(idp); !slices.Equal(got, c.marks) {
				t.Errorf("the journal says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.marks, "\n"))
			}
			_, since, _ := idp.Following()
			if state := idp.Standing(first, since); state != mockidp.Active {
				t.Errorf("the first key was %q at the start", state)
			}
		})
	}
	if len(mockidp.Policies()) != 8 {
		t.Error("a preset is not tested here")
	}
}

func mint(t *testing.T, idp *mockidp.Tenant) *mockidp.Minted {
	t.Helper()
	m, err := idp.Mint(mockidp.Request{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// keySetNow is the key set of a node that is up to date.
func keySetNow(t *testing.T, idp *mockidp.Tenant) (set jose.JSONWebKeySet) {
	t.Helper()
	unmarshal(t, idp.KeySetDocument(), &set)
	return set
}

func TestPresetsSayWhatTheyAre(t *testing.T) {
	for _, p := range mockidp.Policies() {
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if len(p.About) < 30 || !strings.HasSuffix(p.About, ".") || strings.Count(p.About, ". ") > 0 {
			t.Errorf("%s is described as %q, which is no sentence", p.Name, p.About)
		}
	}
	if _, err := mockidp.PolicyNamed("overlpa"); err == nil || !strings.Contains(err.Error(), `did you mean "overlap"?`) {
		t.Error(err)
	}
	p := preset(t, "rollback")
	p.Events[0].Do = mockidp.Remove
	if preset(t, "rollback").Events[0].Do != mockidp.Rotate {
		t.Error("whoever asks for a preset can change it for all")
	}
}

// TestWhatMarksAPreset is what the states alone do not tell.
func TestWhatMarksAPreset(t *testing.T) {
	t.Run("same-kid", func(t *testing.T) {
		idp := inMemory(t, mockidp.TenantConfig{})
		follow(t, idp, preset(t, "same-kid"))
		kid, old := idp.KID(), mint(t, idp)
		to(t, idp, 8*time.Hour)
		if idp.KID() != kid {
			t.Error("the kid changed")
		}
		if _, err := judge(idp, keySetNow(t, idp), old.Token, "ES256"); err == nil || idp.Vouches(old) {
			t.Errorf("the old material is still good: %v", err)
		}
		if state := idp.Standing(old, idp.Clock().Now()); state != mockidp.Removed {
			t.Errorf("the old key is %s", state)
		}
	})
	t.Run("emergency", func(t *testing.T) {
		idp := inMemory(t, mockidp.TenantConfig{})
		follow(t, idp, preset(t, "emergency"))
		to(t, idp, 8*time.Hour)
		keys, lives := idp.Keys(), idp.Lives()
		if !keys[0].Compromised || !lives[0].Compromised || keys[2].Compromised {
			t.Errorf("%+v", keys)
		}
	})
	t.Run("alg-change", func(t *testing.T) {
		idp := inMemory(t, mockidp.TenantConfig{})
		follow(t, idp, preset(t, "alg-change"))
		to(t, idp, 8*time.Hour)
		if m := mint(t, idp); m.Alg != "ES384" || !slices.Equal(idp.Algs(), []string{"ES384", "ES256"}) {
			t.Errorf("%s signs, of %v", m.Alg, idp.Algs())
		}
		var metadata struct {
			Algs []string `json:"id_token_signing_alg_values_supported"`
		}
		raw, err := idp.Served(mockidp.Discovery)
		if unmarshal(t, raw, &metadata); err != nil || !slices.Equal(metadata.Algs, idp.Algs()) {
			t.Errorf("metadata says %v, %v", metadata.Algs, err)
		}
		if _, err := idp.Rollback(); err != nil || mint(t, idp).Alg != "ES256" {
			t.Errorf("back to the old algorithm: %v", err)
		}
		if _, err := idp.Mint(mockidp.Request{Alg: "ES384"}); err != nil {
			t.Errorf("the second algorithm's own key is not back: %v", err)
		}
	})
	t.Run("flapping", func(t *testing.T) {
		idp := inMemory(t, mockidp.TenantConfig{})
		follow(t, idp, preset(t, "flapping"))
		to(t, idp, 8*time.Hour)
		from := idp.Journal().Next()
		// A fault of the key set acts on what either node serves.
		for _, faults := range [][]fault.Fault{nil, {fault.PublishKey{Key: "other"}}} {
			if err := idp.Misbehave(faults...); err != nil {
				t.Fatal(err)
			}
			for want, extra := 2, len(faults); want <= 3; want++ {
				if set := keySet(t, idp); len(set.Keys) != want+extra {
					t.Errorf("with %v: %d keys, want %d", faults, len(set.Keys), want+extra)
				}
			}
		}
		var nodes []string
		for _, e := range idp.Journal().Entries(from) {
			if e.Endpoint == mockidp.KeySet {
				nodes = append(nodes, e.Node)
			}
		}
		if !slices.Equal(nodes, []string{"behind", "", "behind", ""}) {
			t.Errorf("the answers came from %q", nodes)
		}
	})
}

func TestNodesThatDisagree(t *testing.T) {
	idp := inMemory(t, mockidp.TenantConfig{})
	old := mint(t, idp)
	if err := idp.Disagree(); err != nil {
		t.Fatal(err)
	}
	if _, err := idp.Rotate(mockidp.Rotation{Remove: true}); err != nil {
		t.Fatal(err)
	}
	if !idp.Vouches(old) {
		t.Error("a key that one node publishes is not the issuer's")
	}
	if _, err := judge(idp, keySet(t, idp), old.Token, "ES256"); err != nil {
		t.Errorf("the node that is behind does not publish the old key: %v", err)
	}
	if _, err := judge(idp, keySet(t, idp), old.Token, "ES256"); err == nil {
		t.Error("the other node publishes a removed key")
	}
	if err := idp.Disagree(); err == nil {
		t.Error("the nodes disagree twice")
	}
	if err := idp.Agree(); err != nil || idp.Vouches(old) {
		t.Errorf("%v; a key that no node publishes is vouched for: %v", err, idp.Vouches(old))
	}
	if err := idp.Agree(); err == nil {
		t.Error("the nodes agree twice")
	}
}

func TestPoliciesSurviveJSON(t *testing.T) {
	own := mockidp.Policy{
		Name: "ours", About: "As we do it.",
		Schedule: mockidp.Schedule{Every: 90 * time.Minute, PublishAhead: 45 * time.Second, KeepAfter: 10 * time.Minute, Alg: "ES256"},
		Events:   []mockidp.Event{{At: 0, Do: mockidp.Rotate, Rotation: mockidp.Rotation{Alg: "RS256", NewAlg: "PS256", SameKID: true, Remove: true, Compromised: true}}},
	}
	for _, p := range append(mockidp.Policies(), own) {
		raw, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		read, err := mockidp.ParsePolicy(raw)
		if err != nil || !reflect.DeepEqual(read, p) {
			t.Errorf("%s reads as %+v, %v", raw, read, err)
		}
		var again mockidp.Policy
		if unmarshal(t, raw, &again); !reflect.DeepEqual(again, p) {
			t.Errorf("%s unmarshals as %+v", raw, again)
		}
	}
	raw, err := json.Marshal(own)
	if want := `{"name":"ours","about":"As we do it.","schedule":{"every":"1h30m","publishAhead":"45s","keepAfter":"10m","alg":"ES256"},` +
		`"events":[{"at":"0s","do":"rotate","alg":"RS256","remove":true,"sameKid":true,"compromised":true,"newAlg":"PS256"}]}`; string(raw) != want || err != nil {
		t.Errorf("%s, want %s (%v)", raw, want, err)
	}
	if p, err := mockidp.ParsePolicy([]byte(`{"preset":"hard-cut"}`)); err != nil || !reflect.DeepEqual(p, preset(t, "hard-cut")) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestBadPoliciesAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		// Words that do not exist.
		``:                                      "write an object",
		`"hard-cut"`:                            "write an object",
		`{} x`:                                  "write an object",
		`{"schedul":{}}`:                        `schedul: there is no such member; did you mean "schedule"?`,
		`{"name":"a","name":"b"}`:               "name: it is given twice",
		`{"name":7}`:                            "name: write a string, not 7",
		`{"preset":"hardcut"}`:                  `did you mean "hard-cut"?`,
		`{"preset":"hard-cut","name":"x"}`:      "preset: a preset stands alone",
		`{"schedule":"24h"}`:                    "schedule: write an object with members out of every, publishAhead, keepAfter",
		`{"schedule":{"every":24}}`:             "schedule.every: 24 is no duration",
		`{"schedule":{"every":null}}`:           "schedule.every: null is no duration",
		`{"schedule":{"every":"1d"}}`:           `schedule.every: "1d" is no duration; write one with its unit, such as 24h`,
		`{"schedule":{"Every":"1h"}}`:           `schedule.Every: there is no such member; did you mean "every"?`,
		`{"events":{}}`:                         "events: write a list",
		`{"events":[7]}`:                        "events[0]: write an object",
		`{"events":[{"do":"rotate"}]}`:          "events[0]: say when",
		`{"events":[{"at":"1h"}]}`:              "events[0].do: say what to do: rotate, publish",
		`{"events":[{"at":"1h","do":"rotat"}]}`: `events[0].do: no verb is called "rotat"`,
		`{"events":[{"at":"1h","do":"rotate","remove":"yes"}]}`:                 `events[0].remove: write true or false, not "yes"`,
		`{"events":[{"at":"1h","do":"rotate","sameKID":true}]}`:                 `events[0].sameKID: there is no such member; did you mean "sameKid"?`,
		`{"events":[{"at":"1h","do":"publish","remove":true}]}`:                 "events[0].remove: publish knows no remove",
		`{"events":[{"at":"1h","do":"agree","alg":"RS256"}]}`:                   "events[0].alg: agree knows no alg",
		`{"events":[{"at":"1h","do":"rotate","alg":"RS257"}]}`:                  `events[0].alg: no algorithm is called "RS257"`,
		`{"events":[{"at":"1h","do":"rotate","newAlg":"HS256"}]}`:               "events[0].newAlg: HS256 is keyed with the client secret",
		`{"events":[{"at":"1h","do":"rotate","newAlg":"other"}]}`:               `did you mean "another"?`,
		`{"events":[{"at":"1h","do":"rotate","alg":"RS256","newAlg":"RS256"}]}`: "nothing would change",
		`{"schedule":{"every":"1h","alg":"none"}}`:                              `schedule.alg: no algorithm is called "none"`,
		`{}`:                                                                "the policy says nothing",
		`{"schedule":{}}`:                                                   "the policy says nothing",
		`{"schedule":{"every":"-1h"}}`:                                      "schedule.every: -1h is negative; times run forward, so write 1h",
		`{"schedule":{"publishAhead":"-1h"}}`:                               "schedule.publishAhead: -1h is negative",
		`{"schedule":{"keepAfter":"-1m"}}`:                                  "schedule.keepAfter: -1m is negative",
		`{"events":[{"at":"-1s","do":"agree"}]}`:                            "events[0].at: -1s is negative",
		`{"schedule":{"every":"100000h"}}`:                                  "longer than ten years",
		`{"schedule":{"every":"10ms"}}`:                                     "too often; rotate every 1s or less often",
		`{"schedule":{"keepAfter":"1h"}}`:                                   "without every there is no rotation",
		`{"schedule":{"every":"1h","publishAhead":"2h"}}`:                   "schedule.publishAhead: 2h is longer than every 1h, so a key would be published before the one ahead of it signs; publish at most 1h ahead, or rotate every 2h or less often",
		`{"schedule":{"every":"1m","keepAfter":"24h"}}`:                     "schedule.keepAfter: 24h with every 1m keeps 1440 old keys in the key set at once, and at most 62 are; keep them for 1h2m or less, or rotate every 23m14s or less often",
		`{"events":[{"at":"2h","do":"rotate"},{"at":"1h","do":"rotate"}]}`:  "events[1].at: 1h comes after events[0], which is at 2h; put the events in the order of their times",
		`{"schedule":{"every":"1s"},"events":[{"at":"50h","do":"rotate"}]}`: "events[0].at: 50h is more than 100000 turns",
		// What cannot be done, or leaves nothing that signs.
		`{"events":[{"at":"1h","do":"retire"}]}`:                                                     "events[0]: retire at 1h will not do: no key signs after this; rotate at the same time or before",
		`{"events":[{"at":"1h","do":"rotate"},{"at":"2h","do":"retire"},{"at":"3h","do":"rotate"}]}`: "events[1]: retire at 2h will not do",
		`{"schedule":{"every":"4h"},"events":[{"at":"9h","do":"retire"}]}`:                           "events[0]: retire at 9h will not do",
		`{"events":[{"at":"1h","do":"rollback"}]}`:                                                   "events[0]: rollback at 1h cannot be done: ",
		`{"events":[{"at":"1h","do":"remove"}]}`:                                                     "events[0]: remove at 1h cannot be done: no key is retired",
		`{"events":[{"at":"1h","do":"agree"}]}`:                                                      "events[0]: agree at 1h cannot be done: the nodes agree already",
		`{"events":[{"at":"1h","do":"disagree"},{"at":"2h","do":"disagree"}]}`:                       "events[1]: disagree at 2h cannot be done: the nodes disagree already",
	} {
		p, err := mockidp.ParsePolicy([]byte(text))
		if err == nil {
			err = p.Check()
		}
		bad, ok := err.(*mockidp.PolicyError)
		if !ok || !strings.Contains(bad.Error(), want) {
			t.Errorf("%s: %v, want it to say %s", text, err, want)
		}
	}
	// What a moment's order makes right.
	for _, text := range []string{
		`{"events":[{"at":"1h","do":"retire"},{"at":"1h","do":"rotate"}]}`,
		`{"schedule":{"every":"1h"},"events":[{"at":"1h","do":"retire"}]}`,
		`{"schedule":{"every":"24h","publishAhead":"24h","keepAfter":"24h"}}`,
		`{"schedule":{"every":"1s","keepAfter":"1m"}}`,
	} {
		p, err := mockidp.ParsePolicy([]byte(text))
		if err == nil {
			err = p.Check()
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	var many mockidp.Policy
	for range 10_001 {
		many.Events = append(many.Events, mockidp.Event{Do: mockidp.Rotate})
	}
	if err := many.Check(); err == nil {
		t.Error("a policy may be as long as it likes")
	}
}

// TestAPolicyMustFitTheKeysThereAre, which Check alone cannot know.
func TestAPolicyMustFitTheKeysThereAre(t *testing.T) {
	one := inMemory(t, mockidp.TenantConfig{Algs: []string{"ES256"}})
	err := one.Follow(preset(t, "alg-change"))
	if err == nil || !strings.Contains(err.Error(), "the tenant has no algorithm but ES256") {
		t.Errorf("alg-change with one algorithm: %v", err)
	}
	if _, _, followed := one.Following(); followed || one.Journal().Next() != 0 {
		t.Error("a policy that was refused is followed")
	}
	secret := inMemory(t, mockidp.TenantConfig{Algs: []string{"HS256", "ES256"}})
	if err := secret.Follow(preset(t, "hard-cut")); err == nil || !strings.Contains(err.Error(), "keyed with the client secret") {
		t.Errorf("a tenant that signs with its secret: %v", err)
	}
	if err := secret.Follow(mockidp.Policy{Schedule: mockidp.Schedule{Every: time.Hour, Alg: "ES256"}}); err != nil {
		t.Errorf("its other key: %v", err)
	}
	// What a rotation by hand has made possible.
	back := mockidp.Policy{Events: []mockidp.Event{{At: time.Hour, Do: mockidp.Rollback}}}
	if err := one.Follow(back); err == nil {
		t.Error("there is nothing to go back to")
	}
	first := one.KID()
	if _, err := one.Rotate(mockidp.Rotation{Remove: true}); err != nil {
		t.Fatal(err)
	}
	follow(t, one, back)
	if one.KID() == first || states(one) != "A removed, B active" {
		t.Errorf("the rehearsal moved keys: %s", states(one))
	}
	to(t, one, time.Hour)
	if one.KID() != first {
		t.Error("it did not go back")
	}
}
