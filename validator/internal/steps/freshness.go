package steps

import (
	"net/http"
	"strings"
	"time"
)

// The lifetime of a document stays between these bounds, whatever its reply
// says: long enough that a stream of tokens costs next to nothing, short
// enough that a withdrawn key does not live on.
const (
	MinLifetime     = 5 * time.Minute
	DefaultLifetime = 10 * time.Minute
	MaxLifetime     = 15 * time.Minute
	// MaxStale bounds how long a set is used after its fetch.
	MaxStale = 24 * time.Hour
)

// lifetime reads Cache-Control, Age and Expires (RFC 9111, 4.2 and 5.2) within
// the bounds. A reply that says nothing has the usual lifetime.
func lifetime(reply http.Header, usual time.Duration, now time.Time) time.Duration {
	return min(max(Announced(reply, usual, now), MinLifetime), MaxLifetime)
}

// Announced is the lifetime that a reply asks for, with no bound. The reference
// never takes it as it is.
func Announced(reply http.Header, usual time.Duration, now time.Time) time.Duration {
	age := time.Duration(max(seconds(reply.Get("Age")), 0)) * time.Second
	for _, line := range reply.Values("Cache-Control") {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(name) {
			case "no-store", "no-cache":
				return 0
			case "max-age":
				if n := seconds(strings.Trim(value, `"`)); n >= 0 {
					return time.Duration(n)*time.Second - age
				}
			}
		}
	}
	if expires := reply.Get("Expires"); expires != "" {
		date, err := http.ParseTime(expires)
		if err != nil {
			return 0
		}
		if sent, err := http.ParseTime(reply.Get("Date")); err == nil {
			now = sent
		}
		return date.Sub(now) - age
	}
	return usual
}

// seconds reads a delta-seconds value, or -1. What is beyond a lifetime of
// any use is cut off (RFC 9111, 1.2.2).
func seconds(text string) int64 {
	const most = 1 << 31
	if text == "" {
		return -1
	}
	n := int64(0)
	for i := range len(text) {
		c := text[i]
		if c < '0' || c > '9' {
			return -1
		}
		n = min(n*10+int64(c-'0'), most)
	}
	return n
}

// aheadOf refreshes in the last fifth of the lifetime, so that under steady
// traffic no caller ever meets a set that is not fresh.
func aheadOf(lifetime time.Duration) time.Duration { return lifetime * 4 / 5 }

// boundOf lets a set that cannot be refreshed be used until the stale bound,
// and never for less than its lifetime.
func boundOf(lifetime, stale time.Duration) time.Duration { return max(lifetime, stale) }
