package mockidp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// ParsePolicy reads a policy from a JSON object, either whole or the name of a
// preset:
//
//	{"schedule": {"every": "24h", "publishAhead": "1h", "keepAfter": "6h"},
//	 "events": [{"at": "30h", "do": "rotate", "compromised": true}]}
//	{"preset": "overlap"}
//
// It is strict: members that do not exist, are given twice or hold another type,
// and durations that are none are refused with the nearest word there is. The
// error is a [*PolicyError]. Whether the policy makes sense, [Policy.Check] says.
func ParsePolicy(text []byte) (Policy, error) {
	var p Policy
	m, err := membersOf("", fault.JSON(bytes.TrimSpace(text)), "preset", "name", "about", "schedule", "events")
	if err != nil {
		return p, err
	}
	if preset, given := m["preset"]; given {
		if len(m) > 1 {
			return p, wrong("preset", "a preset stands alone; leave the rest out, or write a policy of your own without it")
		}
		var name string
		if err := readText("preset", preset, &name); err != nil {
			return p, err
		}
		if p, err = PolicyNamed(name); err != nil {
			return p, &PolicyError{At: "preset", Err: err}
		}
		return p, nil
	}
	return p, m.read("", map[string]reader{
		"name":     func(at string, v fault.JSON) error { return readText(at, v, &p.Name) },
		"about":    func(at string, v fault.JSON) error { return readText(at, v, &p.About) },
		"schedule": func(at string, v fault.JSON) error { return p.Schedule.parse(at, v) },
		"events": func(at string, v fault.JSON) error {
			var list []json.RawMessage
			if err := json.Unmarshal([]byte(v), &list); err != nil || v == "null" {
				return wrong(at, `write a list, such as [{"at": "8h", "do": "rotate"}]`)
			}
			p.Events = make([]Event, len(list))
			for i, one := range list {
				if err := p.Events[i].parse(fmt.Sprintf("%s[%d]", at, i), fault.JSON(one)); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

func (s *Schedule) parse(at string, v fault.JSON) error {
	m, err := membersOf(at, v, "every", "publishAhead", "keepAfter", "alg")
	if err != nil {
		return err
	}
	return m.read(at+".", map[string]reader{
		"every":        func(at string, v fault.JSON) error { return readDuration(at, v, &s.Every) },
		"publishAhead": func(at string, v fault.JSON) error { return readDuration(at, v, &s.PublishAhead) },
		"keepAfter":    func(at string, v fault.JSON) error { return readDuration(at, v, &s.KeepAfter) },
		"alg":          func(at string, v fault.JSON) error { return readText(at, v, &s.Alg) },
	})
}

func (e *Event) parse(at string, v fault.JSON) error {
	m, err := membersOf(at, v, "at", "do", "alg", "remove", "sameKid", "compromised", "newAlg")
	if err != nil {
		return err
	}
	if _, given := m["at"]; !given {
		return wrong(at, `say when, counted from the start: "at": "8h"`)
	}
	return m.read(at+".", map[string]reader{
		"at":          func(at string, v fault.JSON) error { return readDuration(at, v, &e.At) },
		"do":          func(at string, v fault.JSON) error { return readText(at, v, (*string)(&e.Do)) },
		"alg":         func(at string, v fault.JSON) error { return readText(at, v, &e.Alg) },
		"remove":      func(at string, v fault.JSON) error { return readFlag(at, v, &e.Remove) },
		"sameKid":     func(at string, v fault.JSON) error { return readFlag(at, v, &e.SameKID) },
		"compromised": func(at string, v fault.JSON) error { return readFlag(at, v, &e.Compromised) },
		"newAlg":      func(at string, v fault.JSON) error { return readText(at, v, &e.NewAlg) },
	})
}

// members are those of one JSON object.
type members map[string]fault.JSON

type reader func(at string, v fault.JSON) error

// membersOf opens an object and refuses members that it does not know.
func membersOf(at string, v fault.JSON, known ...string) (members, error) {
	o, ok := fault.ReadObject([]byte(v))
	if !ok {
		return nil, wrong(at, "write an object with members out of %s", strings.Join(known, ", "))
	}
	m := members{}
	for _, one := range o {
		name := one.Name
		if at != "" {
			name = at + "." + name
		}
		if !slices.Contains(known, one.Name) {
			return nil, wrong(name, "there is no such member%s", didYouMean(one.Name, known))
		}
		if _, twice := m[one.Name]; twice {
			return nil, wrong(name, "it is given twice")
		}
		m[one.Name] = one.Value
	}
	return m, nil
}

// read hands every member to its reader, in the order of their names, so that
// the same mistake always gives the same error.
func (m members) read(prefix string, readers map[string]reader) error {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := readers[name](prefix+name, m[name]); err != nil {
			return err
		}
	}
	return nil
}

func readText(at string, v fault.JSON, into *string) error {
	if err := json.Unmarshal([]byte(v), into); err != nil || v == "null" {
		return wrong(at, "write a string, not %s", v)
	}
	return nil
}

func readFlag(at string, v fault.JSON, into *bool) error {
	if err := json.Unmarshal([]byte(v), into); err != nil || v == "null" {
		return wrong(at, "write true or false, not %s", v)
	}
	return nil
}

// readDuration takes strings alone: of a bare number nobody knows the unit.
func readDuration(at string, v fault.JSON, into *time.Duration) error {
	var text string
	err := json.Unmarshal([]byte(v), &text)
	if err == nil && v != "null" {
		*into, err = time.ParseDuration(text)
	}
	if err != nil || v == "null" {
		return wrong(at, "%s is no duration; write one with its unit, such as 24h or 1h30m", v)
	}
	return nil
}

// UnmarshalJSON reads what [ParsePolicy] reads.
func (p *Policy) UnmarshalJSON(text []byte) error {
	var err error
	*p, err = ParsePolicy(text)
	return err
}

// MarshalJSON writes a policy as [ParsePolicy] reads it, whole.
func (p Policy) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name     string   `json:"name,omitempty"`
		About    string   `json:"about,omitempty"`
		Schedule Schedule `json:"schedule,omitzero"`
		Events   []Event  `json:"events,omitempty"`
	}{p.Name, p.About, p.Schedule, p.Events})
}

// MarshalJSON writes durations in words.
func (s Schedule) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Every        string `json:"every,omitempty"`
		PublishAhead string `json:"publishAhead,omitempty"`
		KeepAfter    string `json:"keepAfter,omitempty"`
		Alg          string `json:"alg,omitempty"`
	}{unlessZero(s.Every), unlessZero(s.PublishAhead), unlessZero(s.KeepAfter), s.Alg})
}

// MarshalJSON writes the time in words.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		At string `json:"at"`
		Do Verb   `json:"do"`
		Rotation
	}{written(e.At), e.Do, e.Rotation})
}

func unlessZero(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return written(d)
}
