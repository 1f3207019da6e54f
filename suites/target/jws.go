package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// A JWSVerifier is a target that can be asked about a signature alone: it is
// the capability "jws".
type JWSVerifier interface {
	// VerifyJWS lets the target decide about a JWS under one key, with alg the
	// only algorithm that it may take. The error is for a target that could not
	// be asked.
	VerifyJWS(ctx context.Context, jwk json.RawMessage, alg, token string) (Verdict, error)
	// JWSAlgs are the algorithms that it can be asked about.
	JWSAlgs() []string
}

// Signatures is a target as one that is asked about signatures alone. The error
// is an [Unsupported] where it cannot be.
func Signatures(t Target) (JWSVerifier, error) {
	v, ok := t.(JWSVerifier)
	if !ok || !t.Describe().Has("jws") || len(v.JWSAlgs()) == 0 {
		return nil, &Unsupported{Why: "it cannot be asked about a signature alone", Feature: "jws"}
	}
	return v, nil
}

// VerifyJWS calls the validator, where it has a way to check a signature alone.
func (f *Function) VerifyJWS(_ context.Context, jwk json.RawMessage, alg, token string) (Verdict, error) {
	if f.jws == nil {
		return Verdict{}, &Unsupported{Why: "it cannot be asked about a signature alone", Feature: "jws"}
	}
	return verdictOf(nil, guarded(func() error { return f.jws(jwk, alg, token) }))
}

// JWSAlgs are the algorithms of [Function.VerifyJWS].
func (f *Function) JWSAlgs() []string { return slices.Clone(f.jwsAlgs) }

// VerifyJWS sends verify-jws.
func (e *Exec) VerifyJWS(ctx context.Context, jwk json.RawMessage, alg, token string) (Verdict, error) {
	p, err := e.running(ctx)
	if err != nil {
		return Verdict{}, err
	}
	return e.verifyJWS(ctx, e.road(p), jwk, alg, token)
}

// JWSAlgs are the algorithms that the adapter claims.
func (e *Exec) JWSAlgs() []string { return slices.Clone(e.Algs) }

// VerifyJWS posts verify-jws.
func (h *HTTP) VerifyJWS(ctx context.Context, jwk json.RawMessage, alg, token string) (Verdict, error) {
	return h.verifyJWS(ctx, h, jwk, alg, token)
}

// JWSAlgs are the algorithms that the adapter claims.
func (h *HTTP) JWSAlgs() []string { return slices.Clone(h.Algs) }

func (s *speaker) verifyJWS(ctx context.Context, r road, jwk json.RawMessage, alg, token string) (Verdict, error) {
	if s.o.Rate != nil {
		if err := s.o.Rate(ctx); err != nil {
			return Verdict{}, err
		}
	}
	answer, took, err := r.ask(ctx, request{Cmd: "verify-jws", JWK: jwk, Alg: alg, Token: token}, s.patience(0, nil))
	if err != nil {
		return Verdict{Took: took}, err
	}
	v, err := answer.verdict()
	v.Took = took
	return v, err
}

// verifyJWS is the adapter's side.
func (s *server) verifyJWS(ctx context.Context, m request) map[string]any {
	verifier, err := Signatures(s.target)
	if err != nil {
		return s.silence(m.Seq, err)
	}
	if len(m.JWK) == 0 || m.Alg == "" {
		return s.silence(m.Seq, errors.New("verify-jws: jwk, alg and token belong together"))
	}
	if !slices.Contains(verifier.JWSAlgs(), m.Alg) {
		return s.silence(m.Seq, &Unsupported{Why: fmt.Sprintf("it has no algorithm %q", m.Alg), Feature: "alg"})
	}
	v, err := verifier.VerifyJWS(ctx, m.JWK, m.Alg, m.Token)
	if err != nil {
		return s.silence(m.Seq, err)
	}
	return onWireVerdict(m.Seq, v)
}
