package target

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	fastjson "github.com/go-json-experiment/json"
)

// server is the adapter's side of the protocol, for a target of this process.
type server struct {
	target Target

	write sync.Mutex
	out   io.Writer

	mu       sync.Mutex
	sessions map[string]*served
	cancels  map[int]context.CancelFunc
}

type served struct {
	session Session
	mu      sync.Mutex
	ahead   time.Duration // of its clock
}

// now is the session's clock.
func (s *served) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return clock().Add(s.ahead)
}

// Serve speaks the adapter protocol for a target of this process, which makes
// an adapter of a validator in Go:
//
//	target.Serve(ctx, target.Func("mine", newSession), os.Stdin, os.Stdout)
//
// It returns after stop or at the end of input. A panic of the validator ends
// the process, as it should.
func Serve(ctx context.Context, t Target, in io.Reader, out io.Writer) error {
	s := &server{target: t, out: out, sessions: map[string]*served{}, cancels: map[int]context.CancelFunc{}}
	lines := bufio.NewReaderSize(in, 1<<20)
	var busy sync.WaitGroup
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		var m request
		// A message may be 64 MiB long, which encoding/json reads twice.
		if err := fastjson.Unmarshal(line, &m); err != nil {
			s.say(map[string]any{"seq": 0, "error": "a line that is no JSON object: " + err.Error()})
			continue
		}
		if m.Cmd == "stop" {
			busy.Wait()
			s.say(map[string]any{"seq": m.Seq, "ok": true})
			return nil
		}
		if m.Cmd != "verify" {
			s.say(s.answer(ctx, m))
			continue
		}
		inner, cancel := context.WithCancel(ctx)
		s.mu.Lock()
		s.cancels[m.Seq] = cancel
		s.mu.Unlock()
		busy.Add(1)
		go func() {
			defer busy.Done()
			defer cancel()
			if answer := s.verify(inner, m); answer != nil {
				s.say(answer)
			}
			s.mu.Lock()
			delete(s.cancels, m.Seq)
			s.mu.Unlock()
		}()
	}
}

func (s *server) say(answer map[string]any) {
	line, err := json.Marshal(answer)
	if err != nil {
		line, _ = json.Marshal(map[string]any{"seq": answer["seq"], "error": err.Error()})
	}
	s.write.Lock()
	defer s.write.Unlock()
	_, _ = s.out.Write(append(line, '\n'))
}

func (s *server) answer(ctx context.Context, m request) map[string]any {
	ok := map[string]any{"seq": m.Seq, "ok": true}
	failed := func(err error) map[string]any { return map[string]any{"seq": m.Seq, "error": err.Error()} }
	switch m.Cmd {
	case "hello":
		return s.hello(m)
	case "trust":
		return s.trust(ctx, m)
	case "verify-jws":
		return s.verifyJWS(ctx, m)
	case "noop":
		ok["goroutines"] = runtime.NumGoroutine()
		return ok
	case "drop":
		s.mu.Lock()
		delete(s.sessions, m.Session)
		s.mu.Unlock()
		return ok
	case "cancel":
		s.mu.Lock()
		if cancel := s.cancels[m.Of]; cancel != nil {
			cancel()
		}
		s.mu.Unlock()
		return ok
	case "clock":
		now, err := time.Parse(time.RFC3339Nano, m.Now)
		if err != nil {
			return failed(fmt.Errorf("clock: %w", err))
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for name, one := range s.sessions {
			if m.Session == "" || m.Session == name {
				one.mu.Lock()
				one.ahead = now.Sub(clock())
				one.mu.Unlock()
			}
		}
		return ok
	}
	return failed(fmt.Errorf("no command is called %q", m.Cmd))
}

func (s *server) hello(m request) map[string]any {
	d := s.target.Describe()
	declares := map[string]string{}
	if l, ok := d.Declares.Leeway[""]; ok {
		declares["leeway"] = l.String()
	}
	for name, promise := range map[string]*time.Duration{
		"cacheTTL": d.Declares.CacheTTL, "cooldown": d.Declares.Cooldown, "fetchTimeout": d.Declares.FetchTimeout,
	} {
		if promise != nil {
			declares[name] = promise.String()
		}
	}
	return map[string]any{
		"seq": m.Seq, "protocol": protocolVersion,
		"target":  targetOnWire{Name: d.Name, Version: d.Version, Language: d.Language, Homepage: d.Homepage},
		"profile": d.Profile, "algs": d.Algs, "can": d.Can, "declares": declares, "concurrent": d.Concurrent,
	}
}

func (s *server) trust(ctx context.Context, m request) map[string]any {
	one := &served{}
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
	}}
	if m.CAPEM != "" {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM([]byte(m.CAPEM))
		client.Transport.(*http.Transport).TLSClientConfig.RootCAs = pool
	}
	var issuers []Issuer
	for _, i := range m.Issuers {
		issuers = append(issuers, Issuer{
			Issuer: i.Issuer, ClientID: i.ClientID, ClientSecret: i.ClientSecret, JWKSURI: i.JWKSURI, JWKS: i.JWKS,
			Algs: i.Algs, TrustedAudiences: i.TrustedAudiences, Client: client, Now: one.now,
			DecryptionKeys: m.DecryptionKeys,
		})
	}
	session, v, err := s.target.Trust(ctx, issuers...)
	if err != nil {
		return s.silence(m.Seq, err)
	}
	if session == nil {
		return onWireVerdict(m.Seq, v)
	}
	one.session = session
	s.mu.Lock()
	s.sessions[m.Session] = one
	s.mu.Unlock()
	return map[string]any{"seq": m.Seq, "ok": true}
}

func (s *server) verify(ctx context.Context, m request) map[string]any {
	s.mu.Lock()
	one := s.sessions[m.Session]
	s.mu.Unlock()
	if one == nil {
		return map[string]any{"seq": m.Seq, "error": fmt.Sprintf("no session is called %q", m.Session)}
	}
	a := Attempt{Token: m.Token, Nonce: m.Nonce, AccessToken: m.AccessToken, Code: m.Code, State: m.State, ACR: m.ACR}
	if m.MaxAge != "" {
		age, err := time.ParseDuration(m.MaxAge)
		if err != nil {
			return map[string]any{"seq": m.Seq, "error": "maxAge: " + err.Error()}
		}
		a.MaxAge = age
	}
	switch {
	case m.TokenB64 != "":
		raw, err := base64.StdEncoding.DecodeString(m.TokenB64)
		if err != nil {
			return map[string]any{"seq": m.Seq, "error": "tokenB64: " + err.Error()}
		}
		a.Token = string(raw)
	case m.TokenFile != "":
		var err error
		if a.Token, err = readText(m.TokenFile); err != nil {
			return map[string]any{"seq": m.Seq, "error": err.Error()}
		}
	}
	if d, err := time.ParseDuration(m.Deadline); err == nil {
		a.Deadline = d
	}
	v, err := one.session.Try(ctx, a)
	var hung *Hung
	if errors.As(err, &hung) {
		return nil // a validator that hangs gives no answer, and neither do we
	}
	if err != nil {
		return s.silence(m.Seq, err)
	}
	return onWireVerdict(m.Seq, v)
}

// readText is what a file holds, which may be 64 MiB, in memory only once.
func readText(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var text strings.Builder
	if info, err := f.Stat(); err == nil {
		text.Grow(int(info.Size()))
	}
	_, err = io.Copy(&text, f)
	return text.String(), err
}

// silence is an answer that is no verdict. A crash of the validator is one of
// the process.
func (s *server) silence(seq int, err error) map[string]any {
	var crashed *Crashed
	var unsupported *Unsupported
	switch {
	case errors.As(err, &crashed):
		panic(crashed.How)
	case errors.As(err, &unsupported):
		return map[string]any{"seq": seq, "unsupported": unsupported.Why, "feature": unsupported.Feature}
	}
	return map[string]any{"seq": seq, "error": err.Error()}
}

func onWireVerdict(seq int, v Verdict) map[string]any {
	answer := map[string]any{"seq": seq, "verdict": string(v.Answer)}
	if v.Code != "" {
		answer["code"] = v.Code
	}
	if v.Reason != "" {
		answer["reason"] = v.Reason
	}
	if len(v.Claims) > 0 {
		answer["claims"] = v.Claims
	}
	return answer
}
