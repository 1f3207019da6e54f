package validator

import (
	"context"
	"errors"
	"fmt"

	"github.com/rogueidp/rogueidp/validator/internal/steps"
)

// A Validator decides about tokens. It is safe for concurrent use, and one is
// enough for a process: it keeps the keys of its issuers. It needs no closing;
// between calls nothing of it runs for longer than a fetch time-out.
//
// The zero value trusts nobody and refuses every token.
type Validator struct {
	steps   *steps.Steps
	issuers []*steps.Issuer
	headers steps.Headers
}

// New makes a validator that trusts one issuer, or several, each with its own
// rules; the keys of one never verify the tokens of another. It fetches
// nothing: the first token does. A configuration that could not be kept
// safely is an error.
func New(config Config, more ...Config) (*Validator, error) {
	return assemble(steps.Reference(), append([]Config{config}, more...))
}

// Validate takes the token raw through the eight checks and returns its
// claims, or an *[Error] that says which check it failed and whether it was
// refused or could not be judged.
//
// ctx bounds how long the caller waits, if keys have to be fetched. Its end
// does not end the fetch, which other callers may be waiting for.
func (v *Validator) Validate(ctx context.Context, raw string, options ...Option) (*Claims, error) {
	if v.steps == nil {
		return nil, &Error{Check: CheckIssuer, Code: CodeIssuer, Err: errors.New("no issuer is trusted; make the validator with New")}
	}
	attempt := steps.Begin(v.steps, v.issuers, &v.headers, raw)
	defer attempt.End()
	for _, option := range options {
		option(&attempt.Expect)
	}
	if refusal := attempt.Run(ctx); refusal != nil {
		return nil, newError(refusal)
	}
	return newClaims(attempt), nil
}

// assemble builds a validator from steps and settings.
func assemble(s *steps.Steps, configs []Config) (*Validator, error) {
	v := &Validator{steps: s}
	shelves := make(map[string]*steps.Shelf)
	for _, config := range configs {
		rules, err := config.rules(s)
		if err != nil {
			return nil, fmt.Errorf("validator: issuer %q: %w", config.Issuer, err)
		}
		for _, other := range v.issuers {
			if other.Rules.Issuer == rules.Issuer {
				return nil, fmt.Errorf("validator: issuer %q is configured twice; make one validator for each client", rules.Issuer)
			}
		}
		name := s.Keeping.Shelf(rules.Issuer)
		if shelves[name] == nil {
			shelves[name] = new(steps.Shelf)
		}
		keys, err := config.keys(s, rules, shelves[name])
		if err != nil {
			return nil, fmt.Errorf("validator: issuer %q: %w", config.Issuer, err)
		}
		v.issuers = append(v.issuers, &steps.Issuer{Rules: rules, Keys: keys})
	}
	return v, nil
}

func init() {
	steps.Workshop.Validator = func(s *steps.Steps, configs any) (any, error) {
		return assemble(s, configs.([]Config))
	}
	steps.Workshop.VerifyJWS = verifyJWS
}
