package target

import (
	"fmt"
	"strings"
	"time"
)

// declarable are the promises about time that a user can make for a target.
var declarable = []string{"cooldown", "ttl", "timeout", "leeway", "leeway.exp", "leeway.nbf", "leeway.iat"}

// ParseDeclares reads what a target that cannot say so itself is known to do:
// cooldown=30s,ttl=10m,timeout=5s,leeway=60s or, for one claim, leeway.exp=60s.
// The errors name the nearest valid word.
func ParseDeclares(text string) (Declares, error) {
	var d Declares
	seen := map[string]bool{}
	for _, one := range strings.Split(text, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		name, value, found := strings.Cut(one, "=")
		if !found {
			return Declares{}, fmt.Errorf("%q: write a name and a duration, such as cooldown=30s", one)
		}
		if seen[name] {
			return Declares{}, fmt.Errorf("%s is given twice; leave one out", name)
		}
		seen[name] = true
		span, err := time.ParseDuration(value)
		if err != nil || span < 0 {
			return Declares{}, fmt.Errorf("%s=%s: write a duration such as 30s", name, value)
		}
		claim, leeway := strings.CutPrefix(name+".", "leeway.")
		switch {
		case name == "cooldown":
			d.Cooldown = &span
		case name == "ttl":
			d.CacheTTL = &span
		case name == "timeout":
			d.FetchTimeout = &span
		case leeway && (claim == "" || claim == "exp." || claim == "nbf." || claim == "iat."):
			if d.Leeway == nil {
				d.Leeway = map[string]time.Duration{}
			}
			d.Leeway[strings.TrimSuffix(claim, ".")] = span
		default:
			return Declares{}, fmt.Errorf("a target declares none of %q; there are %s%s", name, strings.Join(declarable, ", "), nearest(name, declarable))
		}
	}
	return d, nil
}
