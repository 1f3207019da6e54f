package steps

import (
	"context"
	"errors"
	"fmt"
)

// Run takes the attempt through the checks in order and returns the refusal
// of the first one that it fails, or nil.
func (a *Attempt) Run(ctx context.Context) *Refusal {
	refusal := a.through(ctx, a.Steps.Order)
	if refusal == nil && !a.familiar {
		a.Headers.remember(a.Parts.Header, a.Header)
	}
	return refusal
}

func (a *Attempt) through(ctx context.Context, stages []Stage) *Refusal {
	for _, stage := range stages {
		if refusal := stage(ctx, a); refusal != nil {
			return refusal
		}
	}
	return nil
}

// ParseToken is check 1: three parts, each strict base64url; header and
// payload each one strict JSON object.
func ParseToken(_ context.Context, a *Attempt) *Refusal {
	s := a.Steps
	if refusal := a.parseHeader(); refusal != nil {
		return refusal
	}
	var err error
	if a.scratch, err = s.decode(a.scratch[:0], a.Parts.Payload); err != nil {
		return refusef(CheckParse, CodeParse, "the payload cannot be read: %w", err)
	}
	a.PayloadText = string(a.scratch)
	if a.Claims.Members, err = s.Reading.Object(a.Claims.Members[:0], a.PayloadText); err != nil {
		return refusef(CheckParse, CodeParse, "the payload cannot be read: %w", err)
	}
	a.Claims.read()
	return nil
}

// parseHeader splits the token and reads the header and the signature, all
// that a JWS has whatever its payload is.
func (a *Attempt) parseHeader() *Refusal {
	s := a.Steps
	if len(a.Raw) > s.Reading.MaxToken {
		return refusef(CheckParse, CodeParse, "the token has %d bytes, more than %d", len(a.Raw), s.Reading.MaxToken)
	}
	var err error
	if a.Parts, err = s.Reading.Split(a.Raw); err != nil {
		return refuse(CheckParse, CodeParse, err)
	}
	if known := a.Headers.known(a.Parts.Header); known != nil {
		a.Header, a.familiar = *known, true
	} else if refusal := a.readHeader(); refusal != nil {
		return refusal
	}
	if a.Signature, err = s.decode(a.Signature[:0], a.Parts.Signature); err != nil {
		return refusef(CheckParse, CodeParse, "the signature cannot be read: %w", err)
	}
	return nil
}

// readHeader decodes and reads a header that is not remembered.
func (a *Attempt) readHeader() *Refusal {
	s := a.Steps
	if len(a.Parts.Header) > s.Reading.MaxHeader {
		return refusef(CheckParse, CodeParse, "the header has %d bytes, more than %d", len(a.Parts.Header), s.Reading.MaxHeader)
	}
	var err error
	if a.scratch, err = s.decode(a.scratch[:0], a.Parts.Header); err != nil {
		return refusef(CheckParse, CodeParse, "the header cannot be read: %w", err)
	}
	if a.members, err = s.Reading.Object(a.members[:0], string(a.scratch)); err != nil {
		return refusef(CheckParse, CodeParse, "the header cannot be read: %w", err)
	}
	a.Header.Members = a.members
	a.Header.read()
	return nil
}

// ReadKid is check 2: which key the token says it was signed with, and that
// the header demands nothing that this validator does not do.
func ReadKid(_ context.Context, a *Attempt) *Refusal {
	h, heading := &a.Header, &a.Steps.Heading
	var err error
	if a.Kid, a.Named, err = heading.Kid(h); err != nil {
		return refuse(CheckKid, CodeKid, err)
	}
	if err := heading.Critical(h); err != nil {
		return refuse(CheckSignature, CodeCritical, err)
	}
	if err := heading.Unencoded(h); err != nil {
		return refuse(CheckSignature, CodeCritical, err)
	}
	return nil
}

// FindKey is check 3: the issuer's keys, from the cache or fetched, that may
// have signed the token. The algorithm is settled first, because it decides
// which keys those are.
func FindKey(ctx context.Context, a *Attempt) *Refusal {
	s := a.Steps
	if a.Issuer = s.Choosing.Issuer(a.Trusted, a.Claims.Issuer); a.Issuer == nil {
		return refusef(CheckIssuer, CodeIssuer, "iss %s is not trusted", excerpt(string(a.Claims.Issuer)))
	}
	a.readClock()
	var err error
	if a.Algorithm, err = s.Heading.Pin(&a.Header, a.Issuer.algorithms(s)); err != nil {
		return refuse(CheckSignature, CodeAlg, err)
	}
	if err := s.Heading.Content(&a.Header); err != nil {
		return refuse(CheckSignature, CodeType, err)
	}
	if err := s.Heading.Type(&a.Header, a.Issuer.Kind); err != nil {
		return refuse(CheckSignature, CodeType, err)
	}
	if secret := a.Issuer.Secret; secret != nil && s.Choosing.Fits(secret, a.Algorithm) {
		a.Keys = append(a.Keys[:0], secret)
		return nil
	}
	return a.Issuer.Keys.find(ctx, a)
}

// VerifySignature is check 4: the signature with the algorithm that is pinned
// by configuration.
func VerifySignature(ctx context.Context, a *Attempt) *Refusal {
	if a.verifies() || a.renewKeys(ctx) && a.verifies() {
		return nil
	}
	return refuse(CheckSignature, CodeSignature, errors.New("the signature does not fit"))
}

func (a *Attempt) verifies() bool {
	a.scratch = a.Steps.Verifying.Input(a.scratch[:0], a)
	for _, key := range a.Keys {
		if a.Steps.Verifying.verify(a.Algorithm, key, a.scratch, a.Signature) {
			return true
		}
	}
	return false
}

// CheckIss is check 5: the issuer, and the subject that is only a name
// together with it.
func CheckIss(ctx context.Context, a *Attempt) *Refusal {
	if refusal := ScreenIssuer(ctx, a); refusal != nil {
		return refusal
	}
	if err := a.Steps.Claiming.Subject(a.Issuer.Kind, a.Claims.Subject); err != nil {
		return refuse(CheckIssuer, CodeClaim, err)
	}
	return nil
}

// ScreenIssuer compares iss alone.
func ScreenIssuer(_ context.Context, a *Attempt) *Refusal {
	iss, ok := a.Claims.Issuer.Text()
	if !ok {
		return refuse(CheckIssuer, CodeIssuer, errors.New("the token has no iss that is a string"))
	}
	if !a.Steps.Claiming.Issuer(a.Issuer.Rules.Issuer, iss) {
		return refusef(CheckIssuer, CodeIssuer, "iss is %s, not %q", excerpt(iss), a.Issuer.Rules.Issuer)
	}
	return nil
}

// CheckAud is check 6: for whom the token is, and who asked for it.
func CheckAud(ctx context.Context, a *Attempt) *Refusal {
	if refusal := ScreenAudience(ctx, a); refusal != nil {
		return refusal
	}
	rules, claiming := a.Issuer.Rules, &a.Steps.Claiming
	for i, other := range a.Claims.Audiences {
		if !claiming.Audience(rules.ClientID, a.Claims.Audiences[i:i+1]) && !claiming.Extra(rules, other) {
			return refusef(CheckAudience, CodeAudience,
				"the token is also for %s; add it to TrustedAudiences if it is trusted", excerpt(other))
		}
	}
	if err := claiming.Party(rules, a.Claims.Party); err != nil {
		return refuse(CheckAudience, CodeParty, err)
	}
	return nil
}

// ScreenAudience asks only whether the recipient is among the audiences.
func ScreenAudience(_ context.Context, a *Attempt) *Refusal {
	if !a.Claims.audible {
		return refuse(CheckAudience, CodeAudience, errors.New("the token has no aud that is a string or an array of strings"))
	}
	if !a.Steps.Claiming.Audience(a.Issuer.ClientID, a.Claims.Audiences) {
		return refusef(CheckAudience, CodeAudience, "aud is %s and does not name %q",
			excerpt(string(a.Claims.Audience)), a.Issuer.ClientID)
	}
	return nil
}

// CheckTimes is check 7: exp, nbf and iat with the leeway, by a clock that was
// read after any fetch.
func CheckTimes(ctx context.Context, a *Attempt) *Refusal {
	if refusal := ScreenExpiry(ctx, a); refusal != nil {
		return refusal
	}
	claiming, rules, now := &a.Steps.Claiming, a.Issuer.Rules, a.now
	if value := a.Claims.NotBefore; value.Present() {
		from, ok := claiming.Moment(value)
		if !ok {
			return refuse(CheckTime, CodeNotYetValid, errors.New("nbf is not a number of seconds"))
		}
		if claiming.Early(now, from, rules.Leeway) {
			return refusef(CheckTime, CodeNotYetValid, "the token is not valid before %s", stamp(from))
		}
	}
	value := a.Claims.IssuedAt
	if !value.Present() && rules.Kind == BearerJWT {
		return nil
	}
	at, ok := claiming.Moment(value)
	if !ok {
		return refuse(CheckTime, CodeIssuedAt, errors.New("the token has no iat that is a number of seconds"))
	}
	if claiming.Early(now, at, rules.Leeway) {
		return refusef(CheckTime, CodeIssuedAt, "the token was issued at %s, in the future", stamp(at))
	}
	if exp, _ := claiming.Moment(a.Claims.Expires); claiming.Reversed(at, exp) {
		return refuse(CheckTime, CodeIssuedAt, errors.New("the token expired before it was issued"))
	}
	return nil
}

// ScreenExpiry judges exp alone, which every kind of token must have here.
func ScreenExpiry(_ context.Context, a *Attempt) *Refusal {
	exp, ok := a.Steps.Claiming.Moment(a.Claims.Expires)
	if !ok {
		return refuse(CheckTime, CodeClaim, errors.New("the token has no exp that is a number of seconds"))
	}
	if a.Steps.Claiming.Expired(a.now, exp, a.Issuer.Leeway) {
		return refusef(CheckTime, CodeExpired, "the token expired at %s; ask for a new one", stamp(exp))
	}
	return nil
}

// CheckBinding is check 8: the nonce, and whatever else ties the token to
// this one request or marks it as another kind of token.
func CheckBinding(_ context.Context, a *Attempt) *Refusal {
	claiming, kind := &a.Steps.Claiming, a.Issuer.Kind
	if err := claiming.Events(kind, a.Claims.Events); err != nil {
		return refuse(CheckNonce, CodeType, err)
	}
	for _, name := range claiming.Required(kind) {
		if text, ok := a.Claims.Member(name).Text(); !ok || text == "" {
			return refusef(CheckNonce, CodeClaim, "the token has no %s", name)
		}
	}
	if want := a.Expect.Nonce; want == nil {
		if err := claiming.Unsolicited(kind, a.Claims.Nonce); err != nil {
			return refuse(CheckNonce, CodeNonce, err)
		}
	} else if !claiming.Nonce(*want, a.Claims.Nonce) {
		return refuse(CheckNonce, CodeNonce, errors.New("nonce is not the one that was sent"))
	}
	if err := a.checkHashes(); err != nil {
		return refuse(CheckNonce, CodeClaim, err)
	}
	if err := a.checkLogin(); err != nil {
		return refuse(CheckNonce, CodeClaim, err)
	}
	return nil
}

// checkHashes compares the hashes of what came beside the token. at_hash may
// be absent, as in the code flow (OpenID Connect Core, 3.1.3.6).
func (a *Attempt) checkHashes() error {
	fits := a.Steps.Claiming.Hash
	if of := a.Expect.AccessToken; of != nil && a.Claims.AccessTokenHash.Present() && !fits(a.Algorithm, *of, a.Claims.AccessTokenHash) {
		return errors.New("at_hash is not that of the access token")
	}
	if of := a.Expect.Code; of != nil && !fits(a.Algorithm, *of, a.Claims.CodeHash) {
		return errors.New("c_hash is not that of the code")
	}
	if of := a.Expect.State; of != nil && !fits(a.Algorithm, *of, a.Claims.StateHash) {
		return errors.New("s_hash is not that of the state")
	}
	return nil
}

// checkLogin judges when and how the user signed in, if that was asked for.
func (a *Attempt) checkLogin() error {
	claiming := &a.Steps.Claiming
	if most := a.Expect.MaxAge; most != nil {
		at, ok := a.Claims.AuthTime.Time()
		if !ok {
			return errors.New("the token has no auth_time that is a number of seconds, although max_age was asked for")
		}
		if err := claiming.LoginAge(a.now, at, *most, a.Issuer.Leeway); err != nil {
			return err
		}
	}
	if want := a.Expect.ACR; want != nil && !claiming.Context(want, a.Claims.ACR) {
		return fmt.Errorf("acr is %s and none of those asked for", excerpt(string(a.Claims.ACR)))
	}
	return nil
}
