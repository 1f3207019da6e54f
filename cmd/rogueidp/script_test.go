package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/validator"
)

// TestMain lets the test binary be the programs that scripts run: rogueidp
// itself, which therefore finds itself again where it starts a target in a
// process of its own, and what has to run beside a script.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rogueidp": main, "beside": beside})
}

// TestScripts plays what people type, and holds what comes of it to what is
// written beside it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			// Under the race detector every process waits for a second before it
			// ends, unless it is told not to.
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			// An address that no other test of this machine listens on.
			e.Setenv("OWN", fmt.Sprintf("127.86.%d.%d", os.Getpid()>>8&0xff, os.Getpid()&0xff))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "jsonget": jsonget, "capture": capture, "jwt": jwt, "signed": signed, "fetch": fetch, "certificate": certificate, "repeat": repeat,
		},
	})
}

// TestEveryCommandHasAScript fails when somebody adds a command that no script
// types.
func TestEveryCommandHasAScript(t *testing.T) {
	var text strings.Builder
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(script), "# ") {
			t.Errorf("%s does not begin by saying what it proves", file)
		}
		text.Write(script)
	}
	root := command()
	for _, c := range append(root.Commands(), reportCommand().Commands()...) {
		if typed := strings.TrimPrefix(c.CommandPath(), "rogueidp "); !regexp.MustCompile(`rogueidp ` + typed + `\b`).MatchString(text.String()) {
			t.Errorf("no script types rogueidp %s", typed)
		}
		if c.Example == "" && !c.Hidden {
			t.Errorf("%s has no example", c.CommandPath())
		}
	}
}

// exits runs a program that must exit with a code: exits CODE PROGRAM ARG….
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("it exits %d, and not %s", got, args[0])
	}
}

// jsonget holds a value in a JSON file to what it must be: jsonget FILE POINTER
// WANT. The pointer is one of RFC 6901, without its escapes; '#' in place of its
// last step counts. A string is compared as it is, everything else as JSON
// without white space.
func jsonget(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: jsonget FILE POINTER WANT")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	got, err := at(v, strings.Split(strings.TrimPrefix(args[1], "/"), "/"))
	if neg {
		if err == nil && got == args[2] {
			ts.Fatalf("%s is %s", args[1], got)
		}
		return
	}
	ts.Check(err)
	if got != args[2] {
		ts.Fatalf("%s is %s, not %s", args[1], got, args[2])
	}
}

func at(v any, path []string) (string, error) {
	for _, step := range path {
		switch in := v.(type) {
		case map[string]any:
			if step == "#" {
				v = len(in)
				continue
			}
			member, ok := in[step]
			if !ok {
				return "", fmt.Errorf("there is no %q in %s", step, strings.Join(path, "/"))
			}
			v = member
		case []any:
			if step == "#" {
				v = len(in)
				continue
			}
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(in) {
				return "", fmt.Errorf("there is no %q in a list of %d", step, len(in))
			}
			v = in[i]
		default:
			return "", fmt.Errorf("there is nothing below %v", v)
		}
	}
	if text, ok := v.(string); ok {
		return text, nil
	}
	raw, err := json.Marshal(v)
	return string(raw), err
}

// capture puts what a pattern's first group matches in stdout into a variable:
// capture NAME PATTERN.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME PATTERN")
	}
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("stdout has no %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// repeat writes a file that says one thing many times: repeat FILE TIMES TEXT.
func repeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: repeat FILE TIMES TEXT")
	}
	times, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(args[2], times)), 0o600))
}

// jwt takes the token on stdout apart: header.json, payload.json and the text
// of the signature in signature.txt.
func jwt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: jwt")
	}
	parts := strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), ".")
	if len(parts) != 3 {
		ts.Fatalf("a token has three parts, and this one %d", len(parts))
	}
	for i, name := range []string{"header.json", "payload.json"} {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[i])
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(name), raw, 0o644))
	}
	ts.Check(os.WriteFile(ts.MkAbs("signature.txt"), []byte(parts[2]), 0o644))
}

// signed asks a library that nobody here wrote whether the token on stdout was
// signed by a key of a set: signed KEYSET.
func signed(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: signed KEYSET")
	}
	var set jose.JSONWebKeySet
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &set))
	if len(set.Keys) == 0 {
		ts.Fatalf("%s holds no key", args[0])
	}
	err := verified(strings.TrimSpace(ts.ReadFile("stdout")), set)
	if neg && err == nil {
		ts.Fatalf("it is signed by a key of %s", args[0])
	}
	if !neg {
		ts.Check(err)
	}
}

func verified(token string, set jose.JSONWebKeySet) error {
	var algs []jose.SignatureAlgorithm
	for _, alg := range mockidp.Algorithms() {
		algs = append(algs, jose.SignatureAlgorithm(alg))
	}
	jws, err := jose.ParseSignedCompact(token, algs)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(set.Keys, func(k jose.JSONWebKey) bool {
		_, err := jws.Verify(k)
		return err == nil
	}) {
		return errors.New("no key of the set verifies it")
	}
	return nil
}

// fetch prints what a URL answers with 200: fetch URL, fetch -ca FILE URL, fetch
// -token FILE URL. With ! the answer must be another one.
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	client := &http.Client{Timeout: time.Minute}
	bearer := ""
	for len(args) == 3 {
		switch text := ts.ReadFile(args[1]); args[0] {
		case "-ca":
			pool := x509.NewCertPool()
			if !pool.AppendCertsFromPEM([]byte(text)) {
				ts.Fatalf("%s holds no certificate", args[1])
			}
			client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
		case "-token":
			bearer = "Bearer " + text
		default:
			ts.Fatalf("usage: fetch [-ca FILE | -token FILE] URL")
		}
		args = args[2:]
	}
	r, err := http.NewRequest(http.MethodGet, args[0], nil)
	ts.Check(err)
	if bearer != "" {
		r.Header.Set("Authorization", bearer)
	}
	resp, err := client.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\n", body)
	if neg == (resp.StatusCode == http.StatusOK) {
		ts.Fatalf("%s answers %s", args[0], resp.Status)
	}
}

// beside is what runs beside a script, or in its background:
//
//	beside exits CODE PROGRAM ARG…        a program that must exit with a code, and gets every SIGINT
//	beside resource ISSUER CLIENT CAFILE  an API that takes bearer tokens
//	beside bridge PROGRAM ARG…            an adapter over HTTP, in front of one over stdin and stdout
//
// The last two print how a target of theirs is spelled and serve until they are
// killed.
func beside() {
	args := os.Args[1:]
	var err error
	switch args[0] {
	case "exits":
		err = mustExit(args[1], args[2], args[3:]...)
	case "resource":
		err = serveResource(args[1], args[2], args[3])
	case "bridge":
		err = serveBridge(args[1], args[2:]...)
	default:
		err = errors.New("nothing of that name")
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "beside %s: %v\n", args[0], err)
		os.Exit(1)
	}
}

func mustExit(code, program string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		for s := range interrupts {
			_ = cmd.Process.Signal(s)
		}
	}()
	// How it ended says the rest.
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); strconv.Itoa(got) != code {
		return fmt.Errorf("%s, and not %s", cmd.ProcessState, code)
	}
	return nil
}

// serveResource is configured once for one issuer, as such APIs are. Where the
// environment has an API_KEY, callers have to send it.
func serveResource(issuer, client, caFile string) error {
	ca, err := os.ReadFile(caFile)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	v, err := validator.New(validator.Config{
		Issuer: issuer, ClientID: client, Kind: validator.BearerJWT, Algorithms: []string{"RS256"},
		HTTPClient: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}},
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("bearer:http://%s/me\n", l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := os.Getenv("API_KEY")
		if key != "" && r.Header.Get("X-Api-Key") != key {
			http.Error(w, "no key", http.StatusForbidden)
			return
		}
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		claims, err := v.Validate(r.Context(), token)
		if err != nil {
			says := err.Error()
			if key != "" {
				says += "; my key is " + key
			}
			http.Error(w, says, http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"user":{"sub":%q}}`, claims.Subject)
	}))
}

// certificate writes a certificate for 127.0.0.1 that signs itself: certificate
// CERT KEY.
func certificate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: certificate CERT KEY")
	}
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	pair := s.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600))
}

func serveBridge(program string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var one sync.Mutex
	answers := bufio.NewReader(out)
	fmt.Printf("http:http://%s/validate\n", l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		message, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		one.Lock()
		defer one.Unlock()
		if _, err = in.Write(append(message, '\n')); err == nil {
			message, err = answers.ReadBytes('\n')
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(message)
	}))
}
