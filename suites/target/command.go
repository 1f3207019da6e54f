package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

const (
	// startAllowance is how much longer than its caller waits a process may take,
	// because it has to be started for each token.
	startAllowance = 5 * time.Second
	// maxSpoken is how much a process may write to stdout, and maxReason how much
	// of what it writes to stderr is its reason.
	maxSpoken = 16 << 20
	maxReason = 2 << 10
	// maxKeySet is how large a key set may be that is put into a file.
	maxKeySet = 64 << 20
)

// Command is a verifier that is started once for each token: the token on stdin,
// what it needs to know in files and in its environment, exit status 0 for
// accept, 1 for reject and 2 for "could not decide". It is safe for concurrent
// use.
//
// ROGUEIDP_JWKS_FILE names the key set and ROGUEIDP_CONFIG_FILE a JSON object
// with issuer, client_id, algs, nonce and now, seconds since 1970. For those who
// read no JSON, ROGUEIDP_ISSUER, ROGUEIDP_CLIENT_ID, ROGUEIDP_ALGS,
// ROGUEIDP_NONCE and ROGUEIDP_NOW say the same, and ROGUEIDP_CA_FILE is the
// provider's authority.
type Command struct {
	Description
	o       Options
	command []string
	read    identityReader
}

func openCommand(command []string, o Options) (*Command, error) {
	_, err := exec.LookPath(command[0])
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("the verifier %q cannot be started: it may not be executed; make it executable, as with chmod +x", command[0])
	case err != nil:
		return nil, fmt.Errorf("the verifier %q cannot be started: %w; give its path, such as cmd:./verify", command[0], err)
	}
	read, err := o.Resource.Identity.reader()
	if err != nil {
		return nil, fmt.Errorf("the verifier %q: %w", command[0], err)
	}
	if i := o.Resource.Identity; !i.IsZero() && i.JSON == "" {
		return nil, fmt.Errorf("the verifier %q says on stdout who is signed in; tell where by --identity json:PATH", command[0])
	}
	c := &Command{o: o, command: command, read: read, Description: Description{
		Name: filepath.Base(command[0]), Profile: or(o.Profile, "id-token"), Algs: o.Algs,
		Can: []string{"static-jwks", "clock"}, Declares: o.Declares, Concurrent: true,
	}}
	if len(c.Algs) == 0 {
		c.Algs = []string{"RS256"}
	}
	if c.Profile == "id-token" {
		c.Can = append(c.Can, "nonce")
	}
	if read != nil {
		c.Can = append(c.Can, "claims")
	}
	return c, nil
}

// Name is the program's.
func (c *Command) Name() string { return c.Description.Name }

// Describe is what is known of any program, and what was said of this one.
func (c *Command) Describe() Description { return c.Description }

// Close ends nothing: each process ended with its token.
func (*Command) Close() error { return nil }

// Trust remembers whom the processes to come are told to trust.
func (c *Command) Trust(_ context.Context, issuers ...Issuer) (Session, Verdict, error) {
	switch {
	case len(issuers) != 1:
		return nil, Verdict{}, &Unsupported{Why: "it is told of one issuer", Feature: "multi-issuer"}
	case len(issuers[0].DecryptionKeys) > 0:
		return nil, Verdict{}, &Unsupported{Why: "it is given no private keys", Feature: "encrypted"}
	case len(issuers[0].TrustedAudiences) > 0:
		return nil, Verdict{}, &Unsupported{Why: "it is told of one audience", Feature: "trusted-audiences"}
	}
	return &started{Command: c, issuer: issuers[0]}, Verdict{Answer: Accept}, nil
}

// started is a session: what each process of it is told.
type started struct {
	*Command
	issuer Issuer

	mu    sync.Mutex
	ahead time.Duration // of real time
}

func (*started) Close() error { return nil }

// SetClock tells the processes to come what time it is.
func (s *started) SetClock(_ context.Context, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead = now.Sub(clock())
	return nil
}

func (s *started) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return clock().Add(s.ahead)
}

// Try starts a process for a token. The files are written anew for it, with the
// key set that the issuer serves at this moment.
func (s *started) Try(ctx context.Context, a Attempt) (Verdict, error) {
	keys, err := s.keySet(ctx)
	if err != nil {
		return Verdict{}, err
	}
	dir, err := os.MkdirTemp(s.o.Dir, "token-")
	if err != nil {
		return Verdict{}, fmt.Errorf("a folder for the key set: %w", err)
	}
	defer os.RemoveAll(dir)
	told, err := s.tell(dir, keys, a)
	if err != nil {
		return Verdict{}, err
	}
	deadline := a.Deadline
	if deadline == 0 {
		deadline = defaultDeadline
	}
	ran, err := s.run(ctx, told, a.Token, deadline+startAllowance)
	if err != nil {
		return Verdict{Took: ran.took}, err
	}
	return s.decide(ran)
}

// keySet is the set that the issuer serves now, its lies included. It is fetched
// where that is possible, so that the journal knows what the process was given.
func (s *started) keySet(ctx context.Context) ([]byte, error) {
	if s.issuer.Client == nil || s.issuer.JWKSURI == "" {
		return s.issuer.JWKS, nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.issuer.JWKSURI, nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.issuer.Client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &Unsupported{Why: "it is given the key set in a file, and this one could not be fetched for it: " + trim(err), Feature: "jwks-uri"}
	}
	defer resp.Body.Close()
	keys, err := io.ReadAll(io.LimitReader(resp.Body, maxKeySet+1))
	switch {
	case err != nil:
		return nil, &Unsupported{Why: "it is given the key set in a file, and this one broke off: " + trim(err), Feature: "jwks-uri"}
	case resp.StatusCode != http.StatusOK:
		return nil, &Unsupported{Why: "it is given the key set in a file, and there was none but " + resp.Status, Feature: "jwks-uri"}
	case len(keys) > maxKeySet:
		return nil, &Unsupported{Why: "it is given the key set in a file, and this one has no end", Feature: "jwks-uri"}
	}
	return keys, nil
}

// tell writes the files and returns the environment that says what they hold.
func (s *started) tell(dir string, keys []byte, a Attempt) ([]string, error) {
	now := s.now().Unix()
	config, err := json.Marshal(struct {
		Issuer   string   `json:"issuer"`
		ClientID string   `json:"client_id"`
		Algs     []string `json:"algs"`
		Nonce    string   `json:"nonce,omitempty"`
		Now      int64    `json:"now"`
	}{s.issuer.Issuer, s.issuer.ClientID, s.issuer.Algs, a.Nonce, now})
	if err != nil {
		return nil, err
	}
	told := []string{
		"ROGUEIDP_ISSUER=" + s.issuer.Issuer, "ROGUEIDP_CLIENT_ID=" + s.issuer.ClientID, "ROGUEIDP_ALGS=" + strings.Join(s.issuer.Algs, ","),
		"ROGUEIDP_NONCE=" + a.Nonce, "ROGUEIDP_NOW=" + strconv.FormatInt(now, 10),
	}
	for _, file := range []struct {
		name, variable string
		octets         []byte
	}{{"jwks.json", "ROGUEIDP_JWKS_FILE", keys}, {"config.json", "ROGUEIDP_CONFIG_FILE", config}} {
		path, err := filepath.Abs(filepath.Join(dir, file.name))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, file.octets, 0o600); err != nil {
			return nil, fmt.Errorf("write a file for the verifier: %w", err)
		}
		told = append(told, file.variable+"="+path)
	}
	return told, nil
}

// panicked tells whether a program of Go went down, which ends with status 2 as
// well.
func panicked(stderr string) bool {
	for _, begin := range []string{"panic: ", "fatal error: ", "runtime: "} {
		if strings.HasPrefix(stderr, begin) && strings.Contains(stderr, "\ngoroutine ") {
			return true
		}
	}
	return false
}

// decide is what the end of a process means.
func (s *started) decide(ran run) (Verdict, error) {
	v := Verdict{Took: ran.took, Reason: strings.TrimSpace(ran.stderr)}
	switch {
	case ran.status == 0:
		v.Answer = Accept
	case ran.status == 1:
		v.Answer = Reject
		return v, nil
	case ran.status == 2 && !panicked(ran.stderr):
		v.Answer = Unavailable
		return v, nil
	default:
		hint := ""
		if ran.status == 126 || ran.status == 127 {
			hint = ", by which a shell says that it could not start something"
		}
		return v, &Crashed{How: ran.how + hint, InFlight: 1, Stderr: ran.stderr}
	}
	said := strings.TrimSpace(string(ran.stdout))
	if s.read == nil {
		if _, ok := fault.ReadObject([]byte(said)); ok {
			v.Claims = json.RawMessage(said)
		}
		return v, nil
	}
	sub, found := s.read(nil, []byte(said))
	if !found {
		return v, &Garbled{How: "it accepted, and does not say on stdout who is signed in where --identity looks for it", Line: said[:min(len(said), 512)], Stderr: ran.stderr}
	}
	v.Claims = subject(sub)
	return v, nil
}
