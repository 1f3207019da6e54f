package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrUnavailable is what a [Validate] function wraps when it could not decide,
// because its keys were not to be had.
var ErrUnavailable = errors.New("could not decide")

// Validate decides about one sign-in: no error accepts, any error refuses,
// unless it wraps [ErrUnavailable] or has a method Unavailable that says true.
// The claims that it returns are compared with those that were signed; nil
// where it returns none.
type Validate func(ctx context.Context, a Attempt) (claims any, err error)

// NewSession makes a validator with a cache of its own that trusts these
// issuers. An error wrapped in [ErrUnavailable] means that it could not start,
// any other that it refuses to.
type NewSession func(ctx context.Context, issuers []Issuer) (Validate, error)

// Function is a validator in this process.
type Function struct {
	d     Description
	open  NewSession
	alone func(ctx context.Context, o Options) (Target, error)
	// jws checks a signature alone, by one of jwsAlgs; nil where it cannot.
	jws     func(jwk json.RawMessage, alg, token string) error
	jwsAlgs []string
}

// Func makes a target of a Go team's own validator. Its description is that of
// an ID-token validator for RS256 with discovery and a key cache; change it
// with [Function.As].
func Func(name string, open NewSession) *Function {
	return &Function{open: open, d: Description{
		Name: name, Language: "go", Profile: "id-token", Algs: []string{"RS256"},
		Can:        []string{"discovery", "jwks-uri", "refetch", "nonce", "claims", "custom-ca"},
		Concurrent: true, Memory: true,
	}}
}

// As lets change what the target says of itself.
func (f *Function) As(change func(*Description)) *Function {
	change(&f.d)
	f.d.Memory = true
	return f
}

// Name is the name it was given.
func (f *Function) Name() string { return f.d.Name }

// Describe is what it was made to say.
func (f *Function) Describe() Description { return f.d }

// Alone is the same validator in a process of its own, where there is a way.
func (f *Function) Alone(ctx context.Context, o Options) (Target, error) {
	if f.alone == nil {
		return nil, &Unsupported{Why: "it lives in this process and has no other"}
	}
	return f.alone(ctx, o)
}

// Close ends nothing.
func (f *Function) Close() error { return nil }

// Trust makes a new validator.
func (f *Function) Trust(ctx context.Context, issuers ...Issuer) (Session, Verdict, error) {
	if len(issuers) > 1 && !f.d.Has("multi-issuer") {
		return nil, Verdict{}, &Unsupported{Why: "it trusts one issuer at a time", Feature: "multi-issuer"}
	}
	began := clock()
	var validate Validate
	err := guarded(func() (err error) {
		validate, err = f.open(ctx, issuers)
		return err
	})
	if err != nil {
		v, err := verdictOf(nil, err)
		v.Took = clock().Sub(began)
		return nil, v, err
	}
	return &called{f, validate}, Verdict{Answer: Accept, Took: clock().Sub(began)}, nil
}

type called struct {
	f        *Function
	validate Validate
}

func (c *called) Close() error { return nil }

// Try calls the validator, and waits for it only so long.
func (c *called) Try(ctx context.Context, a Attempt) (Verdict, error) {
	deadline := a.Deadline
	if deadline == 0 {
		deadline = defaultDeadline
	}
	inner, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	type answer struct {
		v   Verdict
		err error
	}
	answers := make(chan answer, 1)
	began := clock()
	go func() {
		var claims any
		err := guarded(func() (err error) {
			claims, err = c.validate(inner, a)
			return err
		})
		v, err := verdictOf(claims, err)
		answers <- answer{v, err}
	}()
	hang := time.NewTimer(deadline + 2*time.Second)
	defer hang.Stop()
	for {
		select {
		case got := <-answers:
			got.v.Took = clock().Sub(began)
			got.v.Late = late(got.v.Took, deadline)
			return got.v, got.err
		case <-hang.C:
			if took := clock().Sub(began); a.Fetching == nil || !a.Fetching() || took > undeclaredFetch {
				return Verdict{}, &Hung{After: took}
			}
			hang.Reset(100 * time.Millisecond)
		}
	}
}

// guarded turns a panic into a crash, which is what it would be elsewhere.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Crashed{How: fmt.Sprintf("panic: %v", p), InFlight: 1}
		}
	}()
	return do()
}

// verdictOf reads what a validator in this process returned.
func verdictOf(claims any, err error) (Verdict, error) {
	if err == nil {
		v := Verdict{Answer: Accept}
		if claims != nil {
			v.Claims, err = json.Marshal(claims)
		}
		return v, err
	}
	var crashed *Crashed
	var unsupported *Unsupported
	if errors.As(err, &crashed) || errors.As(err, &unsupported) {
		return Verdict{}, err
	}
	v := Verdict{Answer: Reject, Reason: err.Error()}
	var undecided interface{ Unavailable() bool }
	if errors.Is(err, ErrUnavailable) || errors.As(err, &undecided) && undecided.Unavailable() {
		v.Answer = Unavailable
	}
	var coded interface{ ReasonCode() string }
	if errors.As(err, &coded) {
		v.Code = coded.ReasonCode()
	}
	return v, nil
}
