package target

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A Checked is one thing that check-adapter looked at.
type Checked struct {
	What  string
	Wrong string // empty where it is right
	Left  string // why it was not looked at, if it was not
}

// CheckAdapter plays the adapter protocol itself against an adapter: not what
// its validator decides, but whether it keeps to the contract. The provider has
// to be one that the adapter can reach.
func CheckAdapter(ctx context.Context, spec string, idp *mockidp.Provider, o Options) ([]Checked, error) {
	c := &checkup{idp: idp}
	o.Tap = c.listen
	t, err := Open(ctx, spec, o)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	switch t := t.(type) {
	case *Exec:
		c.speaker, c.process = &t.speaker, t.process
		c.road = t.road(t.process)
	case *HTTP:
		c.speaker, c.road = &t.speaker, t
	default:
		return nil, fmt.Errorf("%s is no adapter; only exec: and http: speak the protocol", spec)
	}
	return c.all(ctx), nil
}

// checkup is an adapter under examination.
type checkup struct {
	idp     *mockidp.Provider
	speaker *speaker
	road    road
	process *process // nil over HTTP
	tenant  *mockidp.Tenant

	mu    sync.Mutex
	unfit []string // lines that do not fit the schema
	found []Checked
}

// listen holds every line against the schema.
func (c *checkup) listen(direction string, line []byte) {
	err := fits(direction, line)
	if err == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unfit = append(c.unfit, fmt.Sprintf("%s: %v: %s", direction, err, strings.TrimSpace(string(line[:min(len(line), 200)]))))
}

func (c *checkup) check(what string, look func() error) {
	found := Checked{What: what}
	var left *leftOut
	if err := look(); errors.As(err, &left) {
		found.Left = left.Error()
	} else if err != nil {
		found.Wrong = err.Error()
	}
	c.found = append(c.found, found)
}

// leftOut is why something was not looked at.
type leftOut struct{ error }

func without(feature string) error { return &leftOut{fmt.Errorf("it does not claim %q", feature)} }

func (c *checkup) all(ctx context.Context) []Checked {
	c.check("hello is answered in time, with a name, a profile, algorithms and what it can", func() error { return nil })
	if cfg, err := c.tenantConfig(); err != nil {
		c.check("its algorithms and tokens can be served", func() error { return err })
		return c.found
	} else if c.tenant, err = c.idp.Tenant(cfg); err != nil {
		c.check("its algorithms and tokens can be served", func() error { return err })
		return c.found
	}
	c.check("an unknown command gets an error, and the adapter goes on", c.unknownCommand(ctx))
	c.check("a good token is accepted and a forged one refused", c.goodAndBad(ctx))
	c.check("two sessions share nothing", c.twoSessions(ctx))
	c.check("a session that was dropped is gone", c.dropped(ctx))
	c.check("a line of 1 MiB is read", c.longLine(ctx))
	c.check("many messages at once are all answered", c.concurrent(ctx))
	c.check("a caller who gives up gets an answer", c.cancelled(ctx))
	c.check("its clock can be moved", c.clock(ctx))
	c.check("stop is answered, and the process exits 0 within 5 s", c.stop)
	c.check("every line fits the schema", func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.unfit) > 0 {
			return errors.New(c.unfit[0])
		}
		return nil
	})
	return c.found
}

func (c *checkup) tenantConfig() (mockidp.TenantConfig, error) {
	cfg := mockidp.TenantConfig{Typ: c.speaker.Typ}
	switch c.speaker.Profile {
	case "rfc9068":
		cfg.Kind = mockidp.AccessToken
	case "bearer-jwt":
		cfg.Kind = mockidp.BearerJWT
	}
	for _, alg := range c.speaker.Algs {
		if kind := mockidp.KeyType(alg); kind != "" && kind != "oct" {
			cfg.Algs = []string{alg}
			break
		}
	}
	if cfg.Algs == nil {
		return cfg, fmt.Errorf("none of its algs %v is one that the provider signs with", c.speaker.Algs)
	}
	if len(c.speaker.Claims) > 0 {
		claims, ok := fault.ReadObject(c.speaker.Claims)
		if !ok {
			return cfg, errors.New("token.claims in its hello is no JSON object")
		}
		cfg.Claims = claims
	}
	return cfg, nil
}

// trusting is a session that trusts a tenant.
func (c *checkup) trusting(ctx context.Context, t *mockidp.Tenant) (*spoken, error) {
	s, v, err := c.speaker.trust(ctx, c.road, []Issuer{{
		Issuer: t.Issuer(), ClientID: t.ClientID(), ClientSecret: t.ClientSecret(), JWKSURI: t.JWKSURI(),
		JWKS: t.KeySetDocument(), Algs: t.Algs()[:1],
	}})
	if err == nil && s == nil {
		err = fmt.Errorf("trust was answered with %s: %s", v.Answer, v.Reason)
	}
	return s, err
}

// expect shows a session a token and compares the answer.
func expect(ctx context.Context, s *spoken, t *mockidp.Tenant, want Answer, faults ...fault.Fault) error {
	nonce := ""
	if s.Has("nonce") {
		nonce = "n-1"
	}
	m, err := t.Mint(mockidp.Request{Nonce: nonce, Faults: faults})
	if err != nil {
		return err
	}
	v, err := s.Try(ctx, Attempt{Token: m.Token, Nonce: nonce})
	if err != nil {
		return err
	}
	if v.Answer != want {
		return fmt.Errorf("wanted %s, got %s (%s)", want, v.Answer, v.Reason)
	}
	if v.Answer == Accept && s.Has("claims") && len(v.Claims) == 0 {
		return errors.New(`it claims "claims", and an accept came without any`)
	}
	return nil
}

func (c *checkup) unknownCommand(ctx context.Context) func() error {
	return func() error {
		r, _, err := c.road.ask(ctx, request{Cmd: "no-such-command"}, c.speaker.patience(0, nil))
		if err != nil {
			return err
		}
		if r.Error == "" {
			return errors.New(`the answer has no "error"`)
		}
		return c.noop(ctx, 0)
	}
}

func (c *checkup) noop(ctx context.Context, size int) error {
	return (&spoken{speaker: c.speaker, road: c.road}).Noop(ctx, size)
}

func (c *checkup) goodAndBad(ctx context.Context) func() error {
	return func() error {
		s, err := c.trusting(ctx, c.tenant)
		if err != nil {
			return err
		}
		if err := expect(ctx, s, c.tenant, Accept); err != nil {
			return err
		}
		if err := expect(ctx, s, c.tenant, Reject, fault.SignWithKey{Key: "attacker"}); err != nil {
			return err
		}
		return expect(ctx, s, c.tenant, Accept)
	}
}

func (c *checkup) twoSessions(ctx context.Context) func() error {
	return func() error {
		cfg, err := c.tenantConfig()
		if err != nil {
			return err
		}
		cfg.With = c.tenant
		other, err := c.idp.Tenant(cfg)
		if err != nil {
			return err
		}
		defer other.Close()
		first, err := c.trusting(ctx, c.tenant)
		if err != nil {
			return err
		}
		second, err := c.trusting(ctx, other)
		if err != nil {
			return err
		}
		if err := expect(ctx, first, c.tenant, Accept); err != nil {
			return fmt.Errorf("the first session: %w", err)
		}
		if err := expect(ctx, second, other, Accept); err != nil {
			return fmt.Errorf("the second session: %w", err)
		}
		if err := expect(ctx, second, c.tenant, Reject); err != nil {
			return fmt.Errorf("the second session and the first one's issuer: %w", err)
		}
		if !c.speaker.Has("refetch") {
			return nil
		}
		before := c.tenant.Journal().Hits(mockidp.KeySet)
		third, err := c.trusting(ctx, c.tenant)
		if err != nil {
			return err
		}
		if err := expect(ctx, third, c.tenant, Accept); err != nil {
			return err
		}
		if c.tenant.Journal().Hits(mockidp.KeySet) == before {
			return errors.New("a new session never asked for the key set, so it has the cache of another")
		}
		return nil
	}
}

func (c *checkup) dropped(ctx context.Context) func() error {
	return func() error {
		s, err := c.trusting(ctx, c.tenant)
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
		_, err = s.Try(ctx, Attempt{Token: c.tenant.Token("")})
		var failed *Failed
		if !errors.As(err, &failed) {
			return fmt.Errorf("verify in a dropped session was not answered with an error (%v)", err)
		}
		return nil
	}
}

func (c *checkup) longLine(ctx context.Context) func() error {
	return func() error { return c.noop(ctx, 1<<20) }
}

func (c *checkup) concurrent(ctx context.Context) func() error {
	return func() error {
		if !c.speaker.Concurrent {
			return &leftOut{errors.New("it does not say concurrent")}
		}
		s, err := c.trusting(ctx, c.tenant)
		if err != nil {
			return err
		}
		errs := make(chan error)
		const many = 50
		for i := range many {
			go func() {
				if i%2 == 0 {
					errs <- expect(ctx, s, c.tenant, Accept)
					return
				}
				errs <- expect(ctx, s, c.tenant, Reject, fault.SignWithKey{Key: "attacker"})
			}()
		}
		var first error
		for range many {
			if err := <-errs; err != nil && first == nil {
				first = err
			}
		}
		return first
	}
}

// cancelled holds the key set back, gives up, and wants an answer all the same.
func (c *checkup) cancelled(ctx context.Context) func() error {
	return func() error {
		if !c.speaker.Has("cancel") || !c.speaker.Concurrent {
			return without("cancel")
		}
		cfg, err := c.tenantConfig()
		if err != nil {
			return err
		}
		slow, err := c.idp.Tenant(cfg)
		if err != nil {
			return err
		}
		defer slow.Close()
		if err := slow.Misbehave(fault.StallReply{Endpoint: "keyset"}); err != nil {
			return err
		}
		s, err := c.trusting(ctx, slow)
		if err != nil {
			return err
		}
		seq := make(chan int, 1)
		answered := make(chan error, 1)
		go func() {
			m := request{Cmd: "verify", Session: s.name, Token: slow.Token(""), Deadline: "30s"}
			_, _, err := c.road.ask(withSeq(ctx, seq), m, patience{deadline: 30 * time.Second, hang: 20 * time.Second, end: 20 * time.Second})
			answered <- err
		}()
		waiting, stop := context.WithTimeout(ctx, 10*time.Second)
		defer stop()
		if err := slow.Journal().Await(waiting, mockidp.KeySet, 1); err != nil {
			return errors.New("verify never asked for the key set")
		}
		r, _, err := c.road.ask(ctx, request{Cmd: "cancel", Of: <-seq}, c.speaker.patience(0, nil))
		if err != nil {
			return err
		}
		if !r.OK {
			return errors.New("cancel was not answered with ok")
		}
		if err := <-answered; err != nil {
			return fmt.Errorf("the cancelled message: %w", err)
		}
		return nil
	}
}

func (c *checkup) clock(ctx context.Context) func() error {
	return func() error {
		if !c.speaker.Has("clock") {
			return without("clock")
		}
		s, err := c.trusting(ctx, c.tenant)
		if err != nil {
			return err
		}
		if err := s.SetClock(ctx, c.tenant.Clock().Now().Add(48*time.Hour)); err != nil {
			return err
		}
		if err := expect(ctx, s, c.tenant, Reject); err != nil {
			return fmt.Errorf("two days later a token of five minutes: %w", err)
		}
		return nil
	}
}

func (c *checkup) stop() error {
	if c.process == nil {
		return &leftOut{errors.New("it is not ours to stop over HTTP")}
	}
	c.process.stop()
	err := c.process.ended()
	var crashed *Crashed
	if errors.As(err, &crashed) && crashed.How == exitedWell {
		return nil
	}
	return fmt.Errorf("it ended otherwise: %v", err)
}

type seqKey struct{}

// withSeq lets who sends a message know its seq.
func withSeq(ctx context.Context, seq chan<- int) context.Context {
	return context.WithValue(ctx, seqKey{}, seq)
}
