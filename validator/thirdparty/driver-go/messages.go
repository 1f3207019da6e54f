package driver

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// message is any line from the harness. Fields that this driver does not know
// are ignored, as the protocol asks.
type message struct {
	Seq     int64  `json:"seq"`
	Cmd     string `json:"cmd"`
	Session string `json:"session"`
	Of      int64  `json:"of"`
	Now     string `json:"now"`

	Deadline  Duration `json:"deadline"`
	TokenB64  string   `json:"tokenB64"`
	TokenFile string   `json:"tokenFile"`

	Attempt
	Trust
	JWS
}

// Attempt is one token to decide about, with what its caller knows.
type Attempt struct {
	Token       string   `json:"token"`
	Nonce       string   `json:"nonce"`
	AccessToken string   `json:"accessToken"`
	MaxAge      Duration `json:"maxAge"`
	ACR         []string `json:"acr"`
	Code        string   `json:"code"`
	State       string   `json:"state"`
}

// JWS is the key and algorithm of a signature to check alone.
type JWS struct {
	JWK   json.RawMessage `json:"jwk"`
	Alg   string          `json:"alg"`
	Token string          `json:"-"`
}

// Issuer is a provider that a validator is told to trust.
type Issuer struct {
	Issuer           string          `json:"issuer"`
	ClientID         string          `json:"clientID"`
	ClientSecret     string          `json:"clientSecret"`
	Algs             []string        `json:"algs"`
	JWKSURI          string          `json:"jwksURI"`
	JWKS             json.RawMessage `json:"jwks"`
	TrustedAudiences []string        `json:"trustedAudiences"`
}

// Duration is a time.Duration in Go's notation ("1m30s").
type Duration time.Duration

// UnmarshalText reads Go's notation.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// reply is any line to the harness, but for the hello.
type reply struct {
	Seq         int64           `json:"seq"`
	OK          bool            `json:"ok,omitempty"`
	Verdict     string          `json:"verdict,omitempty"`
	Code        string          `json:"code,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	Claims      *map[string]any `json:"claims,omitempty"`
	Unsupported string          `json:"unsupported,omitempty"`
	Feature     string          `json:"feature,omitempty"`
	Error       string          `json:"error,omitempty"`
	Goroutines  int             `json:"goroutines,omitempty"`

	// later finds the answer where that may take its time.
	later func() reply
}

// hello is what an adapter says about itself.
type hello struct {
	Seq        int64       `json:"seq"`
	Protocol   int         `json:"protocol"`
	Target     Target      `json:"target"`
	Profile    string      `json:"profile"`
	Algs       []string    `json:"algs"`
	Can        []string    `json:"can"`
	Declares   Declares    `json:"declares"`
	Faketime   []string    `json:"faketime,omitempty"`
	Token      *TokenNeeds `json:"token,omitempty"`
	Concurrent bool        `json:"concurrent"`
}

// parse reads one line. On an error the message still holds the seq, if there
// was one to read: the answer must echo it. Zero stands for none.
func parse(line []byte) (message, error) {
	var m message
	line = bytes.TrimSpace(line)
	if !bytes.HasPrefix(line, []byte("{")) {
		return m, errors.New("the line is no JSON object")
	}
	if err := json.Unmarshal(line, &m); err != nil {
		m = message{Seq: seqOf(line)}
		if !json.Valid(line) {
			return m, fmt.Errorf("the line is no JSON object: %w", err)
		}
		return m, fmt.Errorf("a field cannot be read: %w", err)
	}
	if m.Seq == 0 {
		return m, errors.New("the message has no seq")
	}
	return m, nil
}

// seqOf finds the seq of a message whose other fields are unreadable.
func seqOf(line []byte) int64 {
	var only struct {
		Seq int64 `json:"seq"`
	}
	if json.Unmarshal(line, &only) != nil {
		return 0
	}
	return only.Seq
}

// readToken puts the token in its place, whichever way it was sent.
func (m *message) readToken() error {
	switch {
	case m.TokenB64 != "":
		raw, err := base64.StdEncoding.DecodeString(m.TokenB64)
		if err != nil {
			return fmt.Errorf("tokenB64: %w", err)
		}
		m.Attempt.Token = string(raw)
	case m.TokenFile != "":
		raw, err := os.ReadFile(m.TokenFile)
		if err != nil {
			return fmt.Errorf("tokenFile: %w", err)
		}
		m.Attempt.Token = string(raw)
	}
	m.JWS.Token = m.Attempt.Token
	return nil
}
