// Package config reads rogueidp.yaml: all that run, drill, list and doctor take
// as flags, in one file. It is strict: every mistake is told with file and line,
// and with the nearest valid word.
package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
	"github.com/rogueidp/rogueidp/suites/target"
)

// Default is the file that commands read when none is named.
const Default = "rogueidp.yaml"

// A File is what a configuration file says. What it leaves out is zero, and means
// the default of the flag of the same name. Paths in it are relative to the
// working directory, as they are in flags.
type File struct {
	Targets   []Target      `json:"targets,omitempty"` // a mapping by name, in its order
	Provider  Provider      `json:"provider,omitzero"`
	Preset    string        `json:"preset,omitempty"`
	Filter    string        `json:"filter,omitempty"`
	Only      []string      `json:"only,omitempty"`
	Scenarios []string      `json:"scenarios,omitempty"` // folders
	Strict    bool          `json:"strict,omitempty"`
	Require   Bounds        `json:"require,omitempty"`
	Waivers   Waivers       `json:"waivers,omitempty"`
	Must      []string      `json:"must,omitempty"`
	Baseline  string        `json:"baseline,omitempty"`
	Reports   Reports       `json:"reports,omitzero"`
	Drill     Drill         `json:"drill,omitzero"`
	Hazard    string        `json:"hazard,omitempty"`
	IOwn      []string      `json:"iOwn,omitempty"`
	Seed      *int64        `json:"seed,omitempty"`
	Workers   int           `json:"workers,omitempty"`
	MaxWait   time.Duration `json:"maxWait,omitempty"`

	// Name is the file's own, as it was given to [Read].
	Name string `json:"-"`
	// Secrets are what no report, command or error may hold.
	Secrets []string `json:"-"`

	node *yamldoc.Node
}

// A Target is a validator under test.
type Target struct {
	// Name is by what the file calls it, Line where it begins.
	Name string `json:"-"`
	Line int    `json:"-"`

	Target   string   `json:"target"` // its spelling
	Profile  string   `json:"profile,omitempty"`
	Algs     []string `json:"algs,omitempty"`
	Declares Declares `json:"declares,omitzero"`
	// Leeway and FetchTimeout are asked of a target that can be told.
	Leeway       time.Duration   `json:"leeway,omitempty"`
	FetchTimeout time.Duration   `json:"fetchTimeout,omitempty"`
	Env          []string        `json:"env,omitempty"` // names of variables that a child process gets
	Faketime     string          `json:"faketime,omitempty"`
	Resource     target.Resource `json:"resource,omitzero"`
	Login        target.Login    `json:"login,omitzero"`
	Image        target.Image    `json:"image,omitzero"`
	Reset        target.Reset    `json:"reset,omitzero"`
	// Provider is what this target needs of the provider beyond what the file
	// says for all.
	Provider Provider `json:"provider,omitzero"`
}

// Declares are the promises of a target that cannot make them itself.
type Declares struct {
	Leeway       Leeway         `json:"leeway,omitempty"`
	CacheTTL     *time.Duration `json:"cacheTTL,omitempty"`
	Cooldown     *time.Duration `json:"cooldown,omitempty"`
	FetchTimeout *time.Duration `json:"fetchTimeout,omitempty"`
}

// Leeway is one duration for all claims, under the empty name, or some by claim.
type Leeway map[string]time.Duration

// Promises are the declarations as targets make them.
func (d Declares) Promises() target.Declares {
	return target.Declares{Leeway: d.Leeway, CacheTTL: d.CacheTTL, Cooldown: d.Cooldown, FetchTimeout: d.FetchTimeout}
}

// A Provider says how the mock is reached, and which issuer and client a target
// knows already.
type Provider struct {
	Listen       string   `json:"listen,omitempty"`
	Host         string   `json:"host,omitempty"`
	Issuer       string   `json:"issuer,omitempty"`
	TLSDir       string   `json:"tlsDir,omitempty"`
	TLSCert      string   `json:"tlsCert,omitempty"`
	TLSKey       string   `json:"tlsKey,omitempty"`
	TLSNames     []string `json:"tlsNames,omitempty"`
	PlainHTTP    bool     `json:"plainHTTP,omitempty"`
	ClientID     string   `json:"clientID,omitempty"`
	ClientSecret string   `json:"clientSecret,omitempty"`
	// Where answers and logout tokens of a relying party's client may go.
	RedirectURIs           []string `json:"redirectURIs,omitempty"`
	PostLogoutRedirectURIs []string `json:"postLogoutRedirectURIs,omitempty"`
	BackChannelLogoutURI   string   `json:"backChannelLogoutURI,omitempty"`
	PublicClient           bool     `json:"publicClient,omitempty"`
	// Others are further issuers that a relying party knows, in the order of its
	// login pages.
	Others []Issuer `json:"others,omitempty"`
}

// An Issuer is a further one, and the client that a target is there.
type Issuer struct {
	Issuer       string `json:"issuer"`
	ClientID     string `json:"clientID"`
	ClientSecret string `json:"clientSecret,omitempty"`
}

// Fixed is the issuer and client that a target knows: what flags say of them, and
// the provider where they say nothing.
func (p Provider) Fixed(said mockidp.TenantConfig) mockidp.TenantConfig {
	if len(said.RedirectURIs) == 0 {
		said.RedirectURIs = p.RedirectURIs
	}
	if len(said.PostLogoutRedirectURIs) == 0 {
		said.PostLogoutRedirectURIs = p.PostLogoutRedirectURIs
	}
	if said.BackChannelLogoutURI == "" {
		said.BackChannelLogoutURI = p.BackChannelLogoutURI
	}
	said.PublicClient = said.PublicClient || p.PublicClient
	return said
}

// Further are the others.
func (p Provider) Further() []mockidp.TenantConfig {
	var list []mockidp.TenantConfig
	for _, i := range p.Others {
		list = append(list, mockidp.TenantConfig{Issuer: i.Issuer, ClientID: i.ClientID, ClientSecret: i.ClientSecret})
	}
	return list
}

// Over is a provider with what another one says where it says nothing.
func (p Provider) Over(rest Provider) Provider {
	into, from := reflect.ValueOf(&p).Elem(), reflect.ValueOf(rest)
	for i := range into.NumField() {
		if field := into.Field(i); field.IsZero() {
			field.Set(from.Field(i))
		}
	}
	return p
}

// Bounds are numbers and durations by name, such as outage: 0s and herd: 2.
type Bounds map[string]string

// String writes bounds as the flag --require takes them, in the order of their
// names.
func (b Bounds) String() string {
	var list []string
	for name, bound := range b {
		list = append(list, name+"="+bound)
	}
	slices.Sort(list)
	return strings.Join(list, ",")
}

// Waivers are a file of waivers, or stand in the configuration itself; which they
// are, [File.Waived] says.
type Waivers struct {
	File   string
	Inline bool
}

// Reports say where reports are written, and which: of a run, all when Formats is
// empty.
type Reports struct {
	Folder  string   `json:"folder,omitempty"`
	Formats []string `json:"formats,omitempty"`
}

// A Drill is what rogueidp drill plays, and what decides its exit code.
type Drill struct {
	Policies []Policy      `json:"policies,omitempty"`
	For      time.Duration `json:"for,omitempty"`
	Scale    string        `json:"scale,omitempty"`
	Require  Bounds        `json:"require,omitempty"`
}

// A Policy is one of a drill: that of a preset, of a file, or written out.
type Policy struct{ mockidp.Policy }

// Played are the policies of a drill, in their order.
func (d Drill) Played() []mockidp.Policy {
	var list []mockidp.Policy
	for _, p := range d.Policies {
		list = append(list, p.Policy)
	}
	return list
}

// Kind is the part of a spelling that says how a target is reached.
func (t Target) Kind() string {
	kind, _, _ := strings.Cut(t.Target, ":")
	return kind
}

// Runs are the commands that using a target runs on this machine.
func (t Target) Runs() []string {
	var list []string
	for _, kind := range []string{"exec:", "cmd:"} {
		if command, ok := strings.CutPrefix(t.Target, kind); ok {
			list = append(list, command)
		}
	}
	if t.Reset.Command != "" {
		list = append(list, t.Reset.Command)
	}
	return list
}

// Find is the target of a name. The error names the nearest one.
func (f *File) Find(name string) (Target, error) {
	var names []string
	for _, t := range f.Targets {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	switch near := fault.Nearest(name, names); {
	case near != "":
		return Target{}, fmt.Errorf("no target of %s is called %q; did you mean %q?", f.Name, name, near)
	case len(names) > 0:
		return Target{}, fmt.Errorf("no target of %s is called %q; there are %s", f.Name, name, strings.Join(names, ", "))
	}
	return Target{}, fmt.Errorf("%s has no targets, and %q is no spelling of one; write one of %s", f.Name, name, strings.Join(target.Spellings(), ", "))
}

// Names are the targets that a file names, as far as it can be read: for a shell
// that completes them while the file is still being written.
func Names(file string) []string {
	docs, err := yamldoc.Read(file)
	if err != nil || len(docs) == 0 {
		return nil
	}
	targets := docs[0].Get("targets")
	if targets == nil {
		return nil
	}
	var names []string
	for _, m := range targets.Value.Members {
		names = append(names, m.Name)
	}
	return names
}
