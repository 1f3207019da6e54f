package reports

import (
	"fmt"
	"slices"
	"time"
)

func lasting(d time.Duration) *Duration { return new(Duration(d)) }

// life is a key that goes through the states at the offsets; a negative offset
// stands for a state that it is never in.
func life(kid, alg string, published, active, retired, removed time.Duration) KeyLife {
	k := KeyLife{KID: kid, Alg: alg}
	for i, at := range []time.Duration{published, active, retired, removed} {
		if at >= 0 {
			k.Stations = append(k.Stations, Station{[]string{StationPublished, StationActive, StationRetired, StationRemoved}[i], Duration(at)})
		}
	}
	return k
}

func every(from, to, step time.Duration) []Duration {
	var all []Duration
	for at := from; at < to; at += step {
		all = append(all, Duration(at))
	}
	return all
}

func bands(of ...any) []Band {
	var all []Band
	from := Duration(0)
	for i := 0; i < len(of); i += 2 {
		to := Duration(of[i+1].(time.Duration))
		all = append(all, Band{of[i].(string), from, to})
		from = to
	}
	return all
}

const (
	never = -1
	h     = time.Hour
	m     = time.Minute
)

// sampleDrills are drills as they come out: the story, an emergency, a key set
// that flaps, a month of rotations and one of which little could be measured.
func sampleDrills() Drills {
	story := Drill{
		Name: "six-hour-cache", Target: "gatekeeper", Policy: "six-hour-cache", Clock: "message",
		About: "The provider rotates at 8h without a word ahead; the validator keeps a key set for six hours and does not look again.",
		For:   Duration(24 * h), Outage: lasting(5*h + 59*m + 59*time.Second), Exposure: lasting(0),
		Amplification: &Amplification{0, 0.1}, Starvation: lasting(5*h + 59*m), Herd: new(1),
		Fetches: 4, Presented: 289,
		Missed: []string{"A client that meets an unfamiliar kid goes back to the key set (OIDC Core 10.1.1)."},
		Timeline: Timeline{
			Keys: []KeyLife{
				life("amber-otter-41", "RS256", never, 0, 8*h, 20*h),
				life("brisk-heron-07", "RS256", never, 8*h, never, never),
			},
			Fetches: []Duration{Duration(2 * h), Duration(8*h + time.Second), Duration(14 * h), Duration(20 * h)},
			Bands:   bands(BandAccepted, 8*h, BandRefused, 14*h-time.Second, BandAccepted, 24*h),
		},
	}
	refresh := story
	refresh.Name, refresh.Policy, refresh.About = "refresh", "six-hour-cache-refresh", "The same, but a missing kid makes the validator look again."
	refresh.Outage, refresh.Starvation, refresh.Missed = lasting(0), lasting(11*time.Second), nil
	refresh.Timeline.Fetches = []Duration{Duration(2 * h), Duration(8 * h), Duration(14 * h), Duration(20 * h)}
	refresh.Timeline.Bands = bands(BandAccepted, 24*h)
	ahead := refresh
	ahead.Name, ahead.Policy, ahead.About = "ahead", "publish-ahead", "The provider publishes each key twelve hours before it signs."
	ahead.Timeline.Keys = []KeyLife{
		life("amber-otter-41", "RS256", never, 0, 12*h, 20*h),
		life("brisk-heron-07", "RS256", 10*m, 12*h, never, never),
	}
	return Drills{
		Schema: DrillSchema, Seed: 1, Started: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC),
		Tool:   Tool{Name: "rogueidp", Version: "0.1.0", Catalogue: "sha256:9f2c", Scenarios: 483},
		Drills: []Drill{story, refresh, ahead, emergency(), flapping(), month(), blind()},
	}
}

// emergency is a key that is withdrawn at once, and a validator that trusts it
// to the end.
func emergency() Drill {
	return Drill{
		Name: "emergency", Target: "go:mutant/hoards-keys", Policy: "emergency", Clock: "virtual",
		About: "A key leaks at 6h and is withdrawn at once; a new one signs from then on.",
		For:   Duration(24 * h), Outage: lasting(25 * m), Exposure: lasting(18 * h), StillExposed: true,
		Amplification: &Amplification{1, 12.3456}, Starvation: lasting(4 * h), StillStarved: true, Herd: new(48),
		Fetches: 27, Presented: 577,
		Missed: []string{
			"A removed key is refused within the time that the key set may be kept.",
			"A flood does not keep a rotated key from being learned.",
		},
		Timeline: Timeline{
			Keys: []KeyLife{
				life("leaked-1", "ES256", never, 0, never, 6*h),
				life("successor-2-with-a-name-that-goes-on-and-on-2026-11-24", "ES256", never, 6*h, never, never),
			},
			Fetches: append(every(0, 24*h, h), Duration(6*h+time.Second), Duration(6*h+2*time.Second), Duration(6*h+25*m)),
			Bands:   bands(BandAccepted, 6*h, BandBoth, 6*h+25*m, BandExposed, 24*h),
		},
	}
}

// flapping is a key set that changes from one fetch to the next.
func flapping() Drill {
	d := Drill{
		Name: "flapping", Target: "python-jwks 2.9", Policy: "flapping", Clock: "faketime both",
		About: "Two replicas of the provider serve different key sets by turns.",
		For:   Duration(24 * h), Outage: lasting(0), Exposure: lasting(0),
		Amplification: &Amplification{1, 1}, Herd: new(50), Fetches: 5000, Presented: 5770,
		Unsupported: map[string]string{"starvation": "the flood needs concurrency, and the target answers one at a time"},
	}
	d.Timeline.Keys = []KeyLife{life("replica-a", "RS256", never, 0, never, never), life("replica-b", "EdDSA", never, 0, never, never)}
	for i := range 5000 {
		at := time.Duration(i) * 24 * h / 5000
		if i%7 < 3 {
			at = at / (30 * m) * (30 * m)
		}
		d.Timeline.Fetches = append(d.Timeline.Fetches, Duration(at))
	}
	at := Duration(0)
	for i := range 900 {
		state, long := BandAccepted, Duration(80+i%11*6)*Duration(time.Second)
		if i%2 == 1 {
			state, long = BandRefused, Duration(6+i%40)*Duration(time.Second)
			*d.Outage += long
		}
		if i%100 == 0 {
			long = Duration(48 * m)
		}
		d.Timeline.Bands = append(d.Timeline.Bands, Band{state, at, at + long})
		at += long
	}
	d.Timeline.Bands = append(d.Timeline.Bands, Band{BandAccepted, at, d.For})
	return d
}

// month is a rotation every twelve hours, for thirty days.
func month() Drill {
	d := Drill{
		Name: "month", Target: "edge-proxy", Policy: "twice-a-day", Clock: "message",
		About: "A new key every twelve hours, published six hours ahead and kept for a day.",
		For:   Duration(30 * day), Outage: lasting(43 * m), Exposure: lasting(0),
		Amplification: &Amplification{0.004, 0.05}, Starvation: lasting(11 * time.Second), Herd: new(2),
		Fetches: 723, Presented: 8641,
	}
	for i := range 60 {
		born := time.Duration(i) * 12 * h
		k := life(fmt.Sprintf("key-%02d-%x", i, i*7919%4096), "RS256", max(never, born-6*h), born, born+12*h, born+36*h)
		k.Stations = slices.DeleteFunc(k.Stations, func(s Station) bool { return s.From > d.For })
		d.Timeline.Keys = append(d.Timeline.Keys, k)
	}
	d.Timeline.Fetches = every(0, 30*day, h)
	d.Timeline.Bands = bands(BandAccepted, 9*day+12*h, BandRefused, 9*day+12*h+42*m, BandAccepted, 21*day, BandRefused, 21*day+m, BandAccepted, 30*day)
	return d
}

// blind is a target whose clock cannot be moved.
func blind() Drill {
	why := "its clock cannot be moved, and 24h is more than --max-wait"
	return Drill{
		Name: "routine", Target: "legacy-gateway", Policy: "routine", Clock: "real", For: Duration(10 * m), Presented: 12, Fetches: 2,
		Herd:        new(7),
		Unsupported: map[string]string{"outage": why, "exposure": why, "starvation": why, "amplification": "the target cannot be asked twice at once"},
		Timeline: Timeline{
			Keys:    []KeyLife{life("only", "PS512", never, 0, never, never)},
			Fetches: []Duration{0, Duration(5 * m)},
			Bands:   bands(BandAccepted, 10*m),
		},
	}
}
