package config

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
	"github.com/rogueidp/rogueidp/suites/target"
)

// check holds settings against each other, each of which is right by itself.
func (d *decoder) check(f *File) {
	for _, t := range f.Targets {
		d.checkTarget(f, t)
	}
	d.checkProvider(f, "provider", f.Provider)
	if w := f.Workers; w > maxWorkers {
		d.at(f, "workers", "workers: at most %d", maxWorkers)
	}
	for name, bound := range f.Require {
		if _, err := suites.ParseRequire(name + "=" + bound); err != nil {
			d.at(f, "require."+name, "%v", err)
		}
	}
	for name, bound := range f.Drill.Require {
		if _, err := suites.ParseDrillRequire(name + "=" + bound); err != nil {
			d.at(f, "drill.require."+name, "drill: %v", err)
		}
	}
	if l := f.Drill.For; l > maxDrill {
		d.at(f, "drill.for", "drill.for: at most %v, which is 90 days", maxDrill)
	}
	if _, err := ParseScale(f.Drill.Scale); err != nil {
		d.at(f, "drill.scale", "drill.scale: %v", err)
	}
	for i, host := range f.IOwn {
		if strings.ContainsAny(host, ":/ ") && !strings.Contains(host, "::") {
			d.at(f, fmt.Sprintf("iOwn[%d]", i), "iOwn: write a host alone, without scheme, port or path")
		}
	}
}

const (
	maxWorkers = 256
	maxDrill   = 90 * 24 * time.Hour
)

// at tells a mistake at a place such as targets.api.target.
func (d *decoder) at(f *File, place, format string, args ...any) {
	d.Wrong(f.node.LineAt(place), format, args...)
}

// sections are the parts of a target that are for some kinds alone: of the target
// itself, or of what answers in its container.
var sections = []struct {
	name  string
	kinds []string
	given func(Target) bool
}{
	{"resource", []string{"bearer"}, func(t Target) bool { return !reflect.ValueOf(t.Resource).IsZero() }},
	{"login", []string{"login"}, func(t Target) bool { return !reflect.ValueOf(t.Login).IsZero() }},
	{"image", []string{"image"}, func(t Target) bool { return !reflect.ValueOf(t.Image).IsZero() }},
	{"env", []string{"exec", "cmd"}, func(t Target) bool { return len(t.Env) > 0 }},
}

func (d *decoder) checkTarget(f *File, t Target) {
	here := "targets." + t.Name
	kind, rest, found := strings.Cut(t.Target, ":")
	switch known := kinds(); {
	case !found:
		d.at(f, here+".target", "%s.target: %q has no kind; write one of %s", here, cut(t.Target), strings.Join(target.Spellings(), ", "))
		return
	case !slices.Contains(known, kind):
		d.at(f, here+".target", "%s.target: no kind of target is called %q%s", here, cut(kind), hint(kind, known))
		return
	case strings.TrimSpace(rest) == "":
		d.at(f, here+".target", "%s.target: behind %s: stands what is to be reached", here, kind)
		return
	}
	if kind == "http" || kind == "bearer" || kind == "login" {
		if u, err := url.Parse(rest); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			d.at(f, here+".target", "%s.target: behind %s: stands a URL that begins with https:// or http://", here, kind)
		} else if u.User != nil {
			d.at(f, here+".target", "%s.target: leave the password out of the URL; a header with ${NAME} carries one", here)
		}
	}
	for _, s := range sections {
		if s.given(t) && !slices.Contains(s.kinds, kind) && !(kind == "image" && slices.Contains(s.kinds, t.Image.Kind)) {
			d.at(f, here+"."+s.name, "%s.%s: it is for targets of kind %s, and this one is of kind %s", here, s.name, strings.Join(s.kinds, " or "), kind)
		}
	}
	for claim := range t.Declares.Leeway {
		if !slices.Contains([]string{"", "exp", "nbf", "iat"}, claim) {
			d.at(f, here+".declares.leeway."+claim, "%s.declares.leeway: no time in a token is called %q%s", here, cut(claim), hint(claim, []string{"exp", "iat", "nbf"}))
		}
	}
	d.checkProvider(f, here+".provider", t.Provider)
}

// kinds are the words before the colon of a spelling.
func kinds() []string {
	var list []string
	for _, example := range target.Spellings() {
		kind, _, _ := strings.Cut(example, ":")
		list = append(list, kind)
	}
	return list
}

func (d *decoder) checkProvider(f *File, here string, p Provider) {
	if (p.TLSCert == "") != (p.TLSKey == "") {
		d.at(f, here, "%s: tlsCert and tlsKey go together", here)
	}
	if p.PlainHTTP && (p.TLSCert != "" || p.TLSDir != "") {
		d.at(f, here+".plainHTTP", "%s: plainHTTP serves without TLS, so tlsCert and tlsDir mean nothing beside it", here)
	}
	if p.PublicClient && p.ClientSecret != "" {
		d.at(f, here+".publicClient", "%s: a public client has no secret; leave clientSecret out", here)
	}
	if len(p.Others) > 0 && p.Issuer == "" && f.Provider.Issuer == "" {
		d.at(f, here+".others", "%s: others stand beside the first issuer; write issuer too", here)
	}
	seen := map[string]string{}
	urls := []struct{ at, is string }{{".issuer", p.Issuer}, {".backChannelLogoutURI", p.BackChannelLogoutURI}}
	for i, o := range p.Others {
		urls = append(urls, struct{ at, is string }{fmt.Sprintf(".others[%d].issuer", i), o.Issuer})
	}
	for i, u := range p.RedirectURIs {
		urls = append(urls, struct{ at, is string }{fmt.Sprintf(".redirectURIs[%d]", i), u})
	}
	for i, u := range p.PostLogoutRedirectURIs {
		urls = append(urls, struct{ at, is string }{fmt.Sprintf(".postLogoutRedirectURIs[%d]", i), u})
	}
	for _, one := range urls {
		if one.is == "" {
			continue
		}
		u, err := url.Parse(one.is)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			d.at(f, here+one.at, "%s%s: write a URL such as https://localhost:7443/idp", here, one.at)
		}
		if strings.HasSuffix(one.at, "issuer") {
			if before, twice := seen[one.is]; twice {
				d.at(f, here+one.at, "%s%s: it is the same as %s%s; every issuer is another one", here, one.at, here, before)
			}
			seen[one.is] = one.at
		}
	}
}

// checkSelection looks for what the file selects among the scenarios of the
// catalogue and of its folders.
func (d *decoder) checkSelection(f *File) {
	own, err := scenarios.Read(f.Scenarios...)
	if err != nil {
		d.at(f, "scenarios", "scenarios: %v", err)
		return
	}
	if f.Filter != "" {
		if _, err := suites.Pick(suites.Options{Filter: f.Filter, Scenarios: own}); err != nil {
			d.at(f, "filter", "filter: %v", err)
		}
	}
	for i, id := range f.Only {
		if _, err := suites.Pick(suites.Options{Only: []string{id}, Scenarios: own}); err != nil {
			d.at(f, fmt.Sprintf("only[%d]", i), "only: %v", err)
		}
	}
	if _, line, err := f.waived(own); err != nil {
		d.Wrong(line, "%v", err)
	}
}

// Waived are the waivers of the file and what must have passed. own are the
// user's scenarios, which they may name.
func (f *File) Waived(own []scenarios.Scenario) (suites.Waivers, error) {
	w, line, err := f.waived(own)
	if err != nil && f.Waivers.File == "" {
		err = fmt.Errorf("%s:%d: %w", f.Name, line, err)
	}
	return w, err
}

func (f *File) waived(own []scenarios.Scenario) (suites.Waivers, int, error) {
	w := suites.Waivers{File: f.Name}
	if f.Waivers.File != "" {
		var err error
		if w, err = suites.ReadWaivers(f.Waivers.File, own...); err != nil {
			return w, f.node.LineAt("waivers"), fmt.Errorf("waivers: %w", err)
		}
	} else if m := f.node.Get("waivers"); m != nil {
		read, line, err := suites.TakeWaivers(m.Value, own)
		if err != nil {
			return w, line, fmt.Errorf("waivers: %w", err)
		}
		w.Waivers = read.Waivers
	}
	all := scenarios.With(own)
	for i, id := range f.Must {
		if _, err := all.Find(id); err != nil {
			return w, f.node.LineAt(fmt.Sprintf("must[%d]", i)), fmt.Errorf("must: %w", err)
		}
	}
	w.Must = append(w.Must, f.Must...)
	return w, 0, nil
}

// ParseScale reads how much faster a drill is played: "1/360" or "0.01". Nothing
// is 0.
func ParseScale(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	bad := fmt.Errorf("%q: write how much faster, such as 1/360", text)
	over, under, fraction := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(over, 64)
	if err != nil {
		return 0, bad
	}
	if fraction {
		by, err := strconv.ParseFloat(under, 64)
		if err != nil || by <= 0 {
			return 0, bad
		}
		n /= by
	}
	if !(n > 0 && n <= 1) {
		return 0, bad
	}
	return n, nil
}
