package suites

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A stage is where one plot is played: its issuers, the target's session that
// trusts them, and the tokens that were minted so far.
type stage struct {
	player  *Player
	target  target.Target
	about   target.Description
	world   *world
	timing  timing
	alg     string
	also    []string // algorithms that the target is told to allow beside it
	parties []*party

	session target.Session
	// refused is what Trust answered where there is no session.
	refused *target.Verdict
	stale   bool // the world changed since Trust was refused
	heavy   bool // what is presented may be huge
	watch   *watch

	mu       sync.Mutex // guards visits and, while people sign in side by side, canaries
	visits   []*visit   // at a relying party, everybody who came
	tokens   map[string]*ticket
	ahead    *ticket           // minted to see its size, and not presented yet
	marks    map[*party]mark   // when the plot began
	lures    bool              // what the provider says, or a request, leads to a canary
	gentle   bool              // it does nothing to the issuer that others of its people could notice
	standing []fault.Fault     // of documents, replies and connections, since the plot began
	canaries []*mockidp.Canary // where tokens of this stage may lead
}

// A mark is a place in a journal.
type mark struct {
	seq, hits int
	served    map[string]int
	all       map[string]int // hits by endpoint
}

// A ticket is a token with the issuer that minted it and the nonce that the
// caller sent for it.
type ticket struct {
	*mockidp.Minted
	by    *party
	nonce string
	sent  target.Attempt // what came and was asked for besides
	idle  string         // a fault that changed nothing of it
	// At a relying party the token is made as somebody signs in: who that is, and
	// how, while nobody has yet, it will be made.
	visit *visit
	due   []fault.Fault
	// carry is how it is carried, and second what goes with it; nil if nothing.
	carry  target.Carry
	second *ticket
}

// errRefusedHonest is a target that does not accept a plain honest token.
type errRefusedHonest struct{ verdict target.Verdict }

func (e *errRefusedHonest) Error() string {
	return "it answered " + string(e.verdict.Answer) + " to a plain honest token"
}

// honest shows the target a plain token. A target whose issuer served scenario
// after scenario may still be cooling down from the last one, so it is asked
// again until the cooldown is over, in the time of a wall clock. One that does
// not answer at all is no cooler for that, and is not waited for so long.
func (st *stage) honest(ctx context.Context, by *party) (target.Verdict, error) {
	began, silent := clock(), 0
	cooldown, err := st.player.duration("{cooldown}+5s")
	if err != nil {
		return target.Verdict{}, err
	}
	for {
		t, err := st.mint(by, mockidp.Request{})
		if err != nil {
			return target.Verdict{}, err
		}
		v, err := st.try(ctx, t)
		if v.Late && v.Answer == target.Unavailable {
			silent++
		}
		if err != nil || v.Unanimous() || st.player.shared == nil || silent >= patient || clock().Sub(began) >= min(cooldown, st.player.o.maxWait()) {
			return v, err
		}
		if err := st.player.wait(ctx, time.Second); err != nil {
			return v, err
		}
	}
}

// mint makes a token with a nonce of its own where the target minds nonces.
func (st *stage) mint(by *party, r mockidp.Request) (*ticket, error) {
	if st.player.relies() {
		return st.welcome(by, mockidp.Visit{Subject: r.Subject, Claims: r.Claims, Alg: r.Alg, Faults: r.Faults}, nil)
	}
	nonce := ""
	if st.about.Has("nonce") {
		nonce = "N-" + mockidp.Word("")
	}
	if r.Like != nil {
		if like, ok := r.Like.Claim("nonce"); ok && len(like) > 2 {
			nonce = string(like[1 : len(like)-1])
		}
	}
	r.Nonce = nonce
	if r.Alg == "" {
		r.Alg = st.alg
	}
	m, err := by.tenant.Mint(r)
	if err != nil {
		return nil, err
	}
	if m.Canary != nil {
		st.canaries = append(st.canaries, m.Canary)
	}
	return &ticket{Minted: m, by: by, nonce: nonce}, nil
}

// try shows the target a token.
func (st *stage) try(ctx context.Context, t *ticket) (target.Verdict, error) {
	switch refused, err := st.ready(ctx); {
	case err != nil:
		return target.Verdict{}, err
	case refused != nil:
		return *refused, nil
	}
	return st.session.Try(ctx, st.attempt(t))
}

// ready makes sure that there is a session, which knows what time it is, or else
// is what Trust answered, asked again where the world changed since.
func (st *stage) ready(ctx context.Context) (refused *target.Verdict, err error) {
	if st.session == nil && st.stale {
		if err := st.trust(ctx); err != nil {
			return nil, err
		}
	}
	if st.session == nil {
		return st.refused, nil
	}
	return nil, st.tellTime(ctx)
}

// deadline is how long a caller waits: longer where the provider is slow on
// purpose, or where there is much to read. What that costs is judged apart.
func (st *stage) deadline() time.Duration {
	switch {
	case st.heavy, st.player.relies(): // a sign-in is many requests, and some of them are kept waiting on purpose
		return 20 * time.Second
	case len(st.standing) > 0:
		return 10 * time.Second
	}
	return 2 * time.Second
}

func (st *stage) fetching() bool {
	for _, p := range st.parties {
		if p.tenant.Journal().Open() > 0 {
			return true
		}
	}
	return false
}

// mark begins to count.
func (st *stage) mark() {
	for _, p := range st.parties {
		j := p.tenant.Journal()
		st.marks[p] = mark{seq: j.Next(), hits: attempts(j), served: j.ServedCounts(), all: j.Counts()}
	}
}

// fetches are the attempts to fetch key sets since the last mark.
func (st *stage) fetches() int {
	n := 0
	for _, p := range st.parties {
		n += attempts(p.tenant.Journal()) - st.marks[p].hits
	}
	return n
}

// attempts are the requests for key sets, and the connections that a fault
// kept from becoming one.
func attempts(j *mockidp.Journal) int {
	return j.Hits(mockidp.KeySet) + j.Hits(mockidp.Connections)
}

// unserved names the first standing fault that acted on nothing that this
// session asked for.
func (st *stage) unserved() string {
	for _, f := range st.standing {
		served := 0
		for _, p := range st.parties {
			name := fault.Inmost(f).Fault()
			served += p.tenant.Journal().Served(name) - st.marks[p].served[name]
		}
		if served == 0 {
			return fault.Inmost(f).Fault()
		}
	}
	return ""
}

// misbehave lets the first issuer lie from here on, in a way that counts only
// if it is served.
func (st *stage) misbehave(faults []fault.Fault) error {
	if len(faults) == 0 {
		return nil
	}
	if err := st.lie(faults); err != nil {
		return err
	}
	st.standing = append(st.standing, faults...)
	return nil
}

// lie lets the first issuer lie from here on, whether anybody asks or not.
func (st *stage) lie(faults []fault.Fault) error {
	if err := st.parties[0].tenant.Misbehave(faults...); err != nil {
		return &target.Unsupported{Why: err.Error(), Feature: "issuer of its own"}
	}
	st.stale = true
	return nil
}

// advance lets time pass for provider and target alike.
func (st *stage) advance(ctx context.Context, d time.Duration) error {
	if st.timing.mode != realClock {
		if err := st.parties[0].tenant.Advance(d); err != nil {
			return err
		}
		if shifter, ok := st.target.(target.Shifter); ok && st.timing.mode == fakedClock {
			return shifter.Shift(st.parties[0].tenant.Clock().Moved())
		}
		return nil
	}
	if most := st.player.o.maxWait(); d > most {
		why := "its clock cannot be moved"
		if st.player.base() != realClock {
			why = st.player.calibrated(ctx).why
		}
		return &target.Unsupported{
			Why:     fmt.Sprintf("%s, and waiting %v is more than --max-wait %v", why, d, most),
			Feature: "clock",
		}
	}
	return st.player.wait(ctx, d)
}

// tellTime tells a target that takes its clock by message what time it is, once
// that differs from the real one.
func (st *stage) tellTime(ctx context.Context) error {
	clock := st.parties[0].tenant.Clock()
	if st.timing.mode != messageClock || clock.Moved() == 0 {
		return nil
	}
	if st.timing.alone {
		if c, ok := st.target.(target.ProcessClocked); ok {
			return c.SetProcessClock(ctx, clock.Now())
		}
	}
	if c, ok := st.session.(target.Clocked); ok {
		return c.SetClock(ctx, clock.Now())
	}
	return &target.Unsupported{Why: "its sessions cannot be told what time it is", Feature: "clock"}
}

// now is the time on the stage.
func (st *stage) now() time.Time { return st.parties[0].tenant.Clock().Now() }

// close takes the stage down. A shared issuer stays, and is made honest again,
// but where this stage did nothing to it: others may be in the middle of a sign-in.
func (st *stage) close() error {
	var errs []error
	if st.session != nil {
		errs = append(errs, st.session.Close())
	}
	for _, p := range st.parties {
		if st.player.stays(p.tenant) {
			errs = append(errs, st.behave(p))
			continue
		}
		errs = append(errs, p.tenant.Close())
	}
	return errors.Join(errs...)
}

// behave makes a shared issuer honest again.
func (st *stage) behave(p *party) error {
	if st.gentle {
		return nil
	}
	return pacify(p.tenant)
}

// dice is a number that depends on nothing but the seed and what it is for.
func dice(seed int64, what string) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", seed, what))
	return binary.BigEndian.Uint64(sum[:])
}
