package target

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The messages of the adapter protocol, version 1. `rogueidp schema adapter`
// prints their schema.

// protocolVersion is what hello asks for.
const protocolVersion = 1

// request is any message to an adapter.
type request struct {
	Seq int    `json:"seq"`
	Cmd string `json:"cmd"`

	Protocol int `json:"protocol,omitempty"` // hello

	Session      string         `json:"session,omitempty"`
	Issuers      []issuerOnWire `json:"issuers,omitempty"` // trust
	Leeway       string         `json:"leeway,omitempty"`
	FetchTimeout string         `json:"fetchTimeout,omitempty"`
	CAPEM        string         `json:"caPEM,omitempty"`

	DecryptionKeys []json.RawMessage `json:"decryptionKeys,omitempty"`

	Token       string `json:"token,omitempty"` // verify
	TokenB64    string `json:"tokenB64,omitempty"`
	TokenFile   string `json:"tokenFile,omitempty"`
	Nonce       string `json:"nonce,omitempty"`
	AccessToken string `json:"accessToken,omitempty"`
	Deadline    string `json:"deadline,omitempty"`

	Code   string          `json:"code,omitempty"` // verify, too
	State  string          `json:"state,omitempty"`
	MaxAge string          `json:"maxAge,omitempty"`
	ACR    []string        `json:"acr,omitempty"`
	JWK    json.RawMessage `json:"jwk,omitempty"` // verify-jws, with token
	Alg    string          `json:"alg,omitempty"`

	Of  int    `json:"of,omitempty"`  // cancel
	Now string `json:"now,omitempty"` // clock

	pad int // noop: octets that mean nothing
}

// line is the message as it goes out, without a line break. The padding of a
// noop is as long as the largest token, so it is written once and copied never.
func (m request) line() ([]byte, error) {
	line, err := json.Marshal(m)
	if err != nil || m.pad == 0 {
		return line, err
	}
	const piece = "pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
	line = slices.Grow(line, m.pad+len(`,"pad":""}`+"\n"))
	line = append(line[:len(line)-1], `,"pad":"`...)
	for missing := m.pad; missing > 0; missing -= len(piece) {
		line = append(line, piece[:min(missing, len(piece))]...)
	}
	return append(line, `"}`...), nil
}

type issuerOnWire struct {
	Issuer           string          `json:"issuer"`
	ClientID         string          `json:"clientID"`
	Algs             []string        `json:"algs,omitempty"`
	JWKSURI          string          `json:"jwksURI,omitempty"`
	JWKS             json.RawMessage `json:"jwks,omitempty"`
	ClientSecret     string          `json:"clientSecret,omitempty"`
	TrustedAudiences []string        `json:"trustedAudiences,omitempty"`
}

// reply is any answer of an adapter.
type reply struct {
	Seq         *int            `json:"seq"`
	OK          bool            `json:"ok,omitempty"`
	Verdict     string          `json:"verdict,omitempty"`
	Code        string          `json:"code,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	Claims      json.RawMessage `json:"claims,omitempty"`
	Goroutines  int             `json:"goroutines,omitempty"` // noop
	Unsupported string          `json:"unsupported,omitempty"`
	Feature     string          `json:"feature,omitempty"`
	Error       string          `json:"error,omitempty"`

	Protocol   int             `json:"protocol,omitempty"` // hello
	Target     targetOnWire    `json:"target,omitzero"`
	Profile    string          `json:"profile,omitempty"`
	Algs       []string        `json:"algs,omitempty"`
	Can        []string        `json:"can,omitempty"`
	Declares   declaresOnWire  `json:"declares,omitzero"`
	Faketime   []string        `json:"faketime,omitempty"`
	Token      tokenOnWire     `json:"token,omitzero"`
	Concurrent bool            `json:"concurrent,omitempty"`
	Raw        json.RawMessage `json:"-"`
}

type targetOnWire struct {
	Name          string `json:"name"`
	Version       string `json:"version,omitempty"`
	Language      string `json:"language,omitempty"`
	Runtime       string `json:"runtime,omitempty"`
	Homepage      string `json:"homepage,omitempty"`
	Configuration string `json:"configuration,omitempty"`
}

type declaresOnWire struct {
	Leeway       json.RawMessage `json:"leeway,omitempty"`
	CacheTTL     string          `json:"cacheTTL,omitempty"`
	Cooldown     string          `json:"cooldown,omitempty"`
	FetchTimeout string          `json:"fetchTimeout,omitempty"`
}

type tokenOnWire struct {
	Claims json.RawMessage `json:"claims,omitempty"`
	Typ    string          `json:"typ,omitempty"`
}

// verdict reads an answer to trust or verify.
func (r reply) verdict() (Verdict, error) {
	switch {
	case r.Unsupported != "":
		return Verdict{}, &Unsupported{Why: r.Unsupported, Feature: r.Feature}
	case r.Error != "":
		return Verdict{}, &Failed{Says: r.Error}
	}
	switch a := Answer(r.Verdict); a {
	case Accept, Reject, Unavailable:
		return Verdict{Answer: a, Code: r.Code, Reason: r.Reason, Claims: r.Claims}, nil
	}
	return Verdict{}, &Garbled{How: "an answer that is no verdict", Line: string(r.Raw)}
}

// describe reads the answer to hello.
func (r reply) describe() (Description, error) {
	if r.Error != "" {
		return Description{}, &Failed{Says: r.Error}
	}
	if r.Protocol != protocolVersion {
		return Description{}, &Garbled{How: fmt.Sprintf("hello was answered with protocol %d, and this is version %d", r.Protocol, protocolVersion), Line: string(r.Raw)}
	}
	d := Description{
		Name: r.Target.Name, Version: r.Target.Version, Language: r.Target.Language, Runtime: r.Target.Runtime,
		Homepage: r.Target.Homepage, Configuration: r.Target.Configuration,
		Profile: r.Profile, Algs: r.Algs, Can: r.Can, Faketime: r.Faketime,
		Claims: r.Token.Claims, Typ: r.Token.Typ, Concurrent: r.Concurrent,
	}
	if d.Name == "" || d.Profile == "" {
		return d, &Garbled{How: "hello was answered without target.name or profile", Line: string(r.Raw)}
	}
	for _, promise := range []struct {
		text string
		into **time.Duration
		name string
	}{
		{r.Declares.CacheTTL, &d.Declares.CacheTTL, "cacheTTL"},
		{r.Declares.Cooldown, &d.Declares.Cooldown, "cooldown"},
		{r.Declares.FetchTimeout, &d.Declares.FetchTimeout, "fetchTimeout"},
	} {
		if promise.text == "" {
			continue
		}
		v, err := time.ParseDuration(promise.text)
		if err != nil || v < 0 {
			return d, &Garbled{How: "declares." + promise.name + " is no duration such as 1m30s", Line: string(r.Raw)}
		}
		*promise.into = &v
	}
	var err error
	if d.Declares.Leeway, err = leeway(r.Declares.Leeway); err != nil {
		return d, &Garbled{How: err.Error(), Line: string(r.Raw)}
	}
	return d, nil
}

// leeway is one duration for all claims, or one for each.
func leeway(raw json.RawMessage) (map[string]time.Duration, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var one string
	many := map[string]string{}
	if json.Unmarshal(raw, &one) == nil {
		many[""] = one
	} else if json.Unmarshal(raw, &many) != nil {
		return nil, errors.New(`declares.leeway is neither a duration nor an object such as {"exp":"0s","nbf":"5m"}`)
	}
	out := map[string]time.Duration{}
	for claim, text := range many {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return nil, fmt.Errorf("declares.leeway: %q is no duration such as 1m30s", text)
		}
		out[claim] = d
	}
	return out, nil
}

// onWire writes an issuer as trust sends it.
func (i Issuer) onWire(d Description) issuerOnWire {
	w := issuerOnWire{Issuer: i.Issuer, ClientID: i.ClientID, Algs: i.Algs}
	if !d.Has("discovery") {
		w.JWKSURI = i.JWKSURI
		if !d.Has("jwks-uri") && d.Has("static-jwks") {
			w.JWKSURI, w.JWKS = "", i.JWKS
		}
	}
	if d.Has("client-secret") {
		w.ClientSecret = i.ClientSecret
	}
	if d.Has("trusted-audiences") {
		w.TrustedAudiences = i.TrustedAudiences
	}
	return w
}
