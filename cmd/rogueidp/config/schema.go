package config

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
)

// Schema is the JSON Schema, draft 2020-12, of the files that [Read] takes. It is
// made of the very fields that reading walks, so that it knows what they know.
func Schema() []byte { return bytes.Clone(schemaText()) }

var schemaText = sync.OnceValue(func() []byte {
	text, err := fault.Indented(schema())
	if err != nil {
		panic("config: the schema does not marshal: " + err.Error())
	}
	return text
})

// object is part of a schema, as JSON.
type object map[string]any

// described says what settings are, to who edits a file; what another package
// has in a struct of its own is described there.
var described = map[place]string{
	{reflect.TypeFor[File](), "targets"}:                    "The validators under test, by a name of your own. run plays against all of them, or against those of --target.",
	{reflect.TypeFor[File](), "provider"}:                   "How the provider is reached, and which issuer and client a target knows already.",
	{reflect.TypeFor[File](), "preset"}:                     "A selection with the promises that go with it.",
	{reflect.TypeFor[File](), "filter"}:                     "Scenarios by label, such as alg && severity-critical.",
	{reflect.TypeFor[File](), "only"}:                       "Scenarios by id, or id/case.",
	{reflect.TypeFor[File](), "scenarios"}:                  "Folders with scenarios of your own.",
	{reflect.TypeFor[File](), "strict"}:                     "A missed SHOULD and a missed practice fail too.",
	{reflect.TypeFor[File](), "require"}:                    "Promises, such as outage: 0s.",
	{reflect.TypeFor[File](), "waivers"}:                    "Misses that somebody answers for: here, or in the file of that name.",
	{reflect.TypeFor[File](), "must"}:                       "Scenarios that have to run and pass.",
	{reflect.TypeFor[File](), "baseline"}:                   "An earlier run.json: say what changed since.",
	{reflect.TypeFor[File](), "reports"}:                    "Where reports are written, and which.",
	{reflect.TypeFor[File](), "drill"}:                      "What rogueidp drill plays.",
	{reflect.TypeFor[File](), "hazard"}:                     "The worst to send to hosts that are not on this machine.",
	{reflect.TypeFor[File](), "iOwn"}:                       "Hosts that are yours, to which hazard applies.",
	{reflect.TypeFor[File](), "seed"}:                       "Decides order, dice and names.",
	{reflect.TypeFor[File](), "workers"}:                    "Scenarios at once.",
	{reflect.TypeFor[File](), "maxWait"}:                    "The longest that one step may wait in real time.",
	{reflect.TypeFor[Target](), "target"}:                   "The spelling, as --target takes it.",
	{reflect.TypeFor[Target](), "profile"}:                  "What kind of validator it is tested as.",
	{reflect.TypeFor[Target](), "algs"}:                     "The algorithms of a target that cannot say so itself.",
	{reflect.TypeFor[Target](), "declares"}:                 "Promises of a target that cannot make them itself.",
	{reflect.TypeFor[Target](), "env"}:                      "Names of environment variables that a child process gets.",
	{reflect.TypeFor[Target](), "resource"}:                 "The protected resource behind bearer:.",
	{reflect.TypeFor[Target](), "login"}:                    "The relying party behind login:.",
	{reflect.TypeFor[Target](), "image"}:                    "The container of image:.",
	{reflect.TypeFor[Target](), "reset"}:                    "How it is made to start afresh. The command is printed before it runs.",
	{reflect.TypeFor[Target](), "provider"}:                 "What this target needs of the provider beyond what the file says for all.",
	{reflect.TypeFor[Provider](), "listen"}:                 "Address of the provider, such as 127.0.0.1:7443.",
	{reflect.TypeFor[Provider](), "issuer"}:                 "The one issuer that a target knows already.",
	{reflect.TypeFor[Provider](), "clientSecret"}:           "Its secret; ${NAME} is read from the environment.",
	{reflect.TypeFor[Provider](), "tlsDir"}:                 "Folder that keeps the throwaway authority between runs.",
	{reflect.TypeFor[Drill](), "scale"}:                     "Play policies as much faster, such as 1/360.",
	{reflect.TypeFor[Drill](), "for"}:                       "How long each policy is played, in the target's time.",
	{reflect.TypeFor[Declares](), "cacheTTL"}:               "How long it keeps a key set.",
	{reflect.TypeFor[Declares](), "cooldown"}:               "How long it waits between two fetches for an unfamiliar kid.",
	{reflect.TypeFor[Reports](), "formats"}:                 "All when left out.",
	{reflect.TypeFor[Target](), "leeway"}:                   "Leeway to ask of a target that can be told.",
	{reflect.TypeFor[Target](), "fetchTimeout"}:             "Fetch time-out to ask of a target that can be told.",
	{reflect.TypeFor[Target](), "faketime"}:                 "Move the clock of a child process by libfaketime where it bears it.",
	{reflect.TypeFor[Provider](), "plainHTTP"}:              "Serve without TLS.",
	{reflect.TypeFor[Provider](), "clientID"}:               "The client that tokens are for.",
	{reflect.TypeFor[Provider](), "host"}:                   "Name of the provider in its issuers.",
	{reflect.TypeFor[Provider](), "redirectURIs"}:           "Where a relying party may be answered; any on loopback when left out.",
	{reflect.TypeFor[Provider](), "postLogoutRedirectURIs"}: "Where a user may be sent who signed out.",
	{reflect.TypeFor[Provider](), "backChannelLogoutURI"}:   "Where logout tokens are posted.",
	{reflect.TypeFor[Provider](), "publicClient"}:           "The client has no secret.",
	{reflect.TypeFor[Provider](), "others"}:                 "Further issuers that a relying party knows, in the order of its login pages.",
	{reflect.TypeFor[Provider](), "tlsNames"}:               "Further names that the provider's certificates may carry.",
	{reflect.TypeFor[Provider](), "tlsCert"}:                "Certificate to serve with, PEM.",
	{reflect.TypeFor[Provider](), "tlsKey"}:                 "Its private key, PEM.",
	{reflect.TypeFor[Drill](), "policies"}:                  "Presets, files, or policies written out; every preset when left out.",
	{reflect.TypeFor[Drill](), "require"}:                   "Bounds that decide the exit code, such as outage: 0s and herd: 2.",
	{reflect.TypeFor[Reports](), "folder"}:                  "Where reports are written.",
	{reflect.TypeFor[Declares](), "leeway"}:                 "One duration, or some by claim.",
	{reflect.TypeFor[Declares](), "fetchTimeout"}:           "How long it waits for the provider.",
}

func schema() object {
	s := structSchema(reflect.TypeFor[File]())
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = Default
	s["description"] = "The configuration of rogueidp: all that run, drill, list and doctor take as flags."
	s["$defs"] = object{
		"duration": object{"type": "string", "pattern": `^\+?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$|^\+?0$`, "description": "A duration such as 1m30s."},
		"policy":   policySchema(),
		"waiver": object{
			"type": "object", "additionalProperties": false, "required": []string{"scenario", "reason", "owner", "expires"},
			"properties": object{
				"scenario": object{"type": "string", "description": "An id, an id/case, or a pattern with *."},
				"reason":   object{"type": "string"}, "owner": object{"type": "string"},
				"expires": object{"type": "string", "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`},
			},
		},
	}
	return s
}

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

func structSchema(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, s := range settingsOf(t) {
		of := typeSchema(s.field.Type, s)
		if says := described[s.place()]; says != "" {
			of["description"] = says
		}
		properties[s.name] = of
		if !s.optional {
			required = append(required, s.name)
		}
	}
	o := object{"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func typeSchema(t reflect.Type, s setting) object {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return ref("duration")
	case reflect.TypeFor[[]Target]():
		return object{
			"type": "object", "minProperties": 1, "additionalProperties": structSchema(reflect.TypeFor[Target]()),
			"propertyNames": object{"pattern": targetName.String()},
		}
	case reflect.TypeFor[Waivers]():
		return object{"anyOf": []any{object{"type": "string", "minLength": 1}, object{"type": "array", "items": ref("waiver"), "minItems": 1}}}
	case reflect.TypeFor[Policy]():
		return object{"anyOf": []any{object{"type": "string", "minLength": 1}, ref("policy")}}
	case reflect.TypeFor[Leeway]():
		claims := object{}
		for _, claim := range []string{"exp", "nbf", "iat"} {
			claims[claim] = ref("duration")
		}
		return object{"anyOf": []any{ref("duration"), object{"type": "object", "properties": claims, "additionalProperties": false, "minProperties": 1}}}
	case reflect.TypeFor[Bounds]():
		return boundsSchema(s)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeSchema(t.Elem(), s)
	case reflect.Struct:
		return structSchema(t)
	case reflect.Slice:
		return object{"type": "array", "items": typeSchema(t.Elem(), s), "minItems": 1}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": typeSchema(t.Elem(), s), "minProperties": 1}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer", "minimum": 0}
	case reflect.Int64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.String:
		if list, closed := words[s.place()]; closed {
			return object{"enum": list}
		}
		if s.in == reflect.TypeFor[Target]() && s.name == "target" {
			return object{"type": "string", "pattern": "^(" + strings.Join(kinds(), "|") + "):.+"}
		}
		return object{"type": "string", "minLength": 1}
	}
	panic("config: the schema does not know " + t.String())
}

// boundsSchema names what can be bounded: the promises of a run, or the numbers
// of a drill.
func boundsSchema(s setting) object {
	names := []string{"amplification", "exposure", "herd", "outage", "starvation"}
	if s.in == reflect.TypeFor[File]() {
		names = texts(scenarios.Promises())
	}
	properties := object{}
	for _, name := range names {
		properties[name] = object{"type": []string{"string", "number"}}
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1}
}

// policySchema is that of a policy, in the words of [mockidp.ParsePolicy].
func policySchema() object {
	text, flag := object{"type": "string"}, object{"type": "boolean"}
	shape := func(members object) object {
		return object{"type": "object", "properties": members, "additionalProperties": false}
	}
	var names []string
	for _, p := range mockidp.Policies() {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return shape(object{
		"preset": object{"enum": names}, "name": text, "about": text,
		"schedule": shape(object{"every": ref("duration"), "publishAhead": ref("duration"), "keepAfter": ref("duration"), "alg": text}),
		"events": object{"type": "array", "items": shape(object{
			"at": ref("duration"), "do": text, "alg": text, "remove": flag, "sameKid": flag, "compromised": flag, "newAlg": text,
		})},
	})
}
