package steps

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// A Source knows where the keys of one issuer lie and gets them.
type Source struct {
	steps   *Steps
	rules   *Rules
	fetcher *Fetcher
	known   atomic.Pointer[metadata]
}

// metadata is what a discovery document said.
type metadata struct {
	address    string    // of the key set
	advertised Value     // id_token_signing_alg_values_supported
	until      time.Time // when they are to be read again
}

// NewSource makes the source of an issuer.
func NewSource(s *Steps, rules *Rules, fetcher *Fetcher) *Source {
	return &Source{steps: s, rules: rules, fetcher: fetcher}
}

// Fetch gets the key set, and the metadata first where they say its address
// and are not fresh. When the key set is not where fresh metadata say it is,
// they are read again, in case it moved.
func (s *Source) Fetch(ctx context.Context, previous *KeySet, now time.Time) (*KeySet, error) {
	if s.rules.JWKSURI != "" {
		return s.keySet(ctx, s.rules.JWKSURI, previous, now)
	}
	if known := s.known.Load(); known != nil && s.steps.Keeping.Settled(known.until, now) {
		set, err := s.keySet(ctx, known.address, previous, now)
		if err == nil {
			return set, nil
		}
		found, again := s.discover(ctx, previous, now)
		if again != nil || found.address == known.address {
			return nil, errors.Join(err, again)
		}
		return s.keySet(ctx, found.address, previous, now)
	}
	found, err := s.discover(ctx, previous, now)
	if err != nil {
		return nil, err
	}
	return s.keySet(ctx, found.address, previous, now)
}

// keySet gets the key set from an address and dates it.
func (s *Source) keySet(ctx context.Context, address string, previous *KeySet, now time.Time) (*KeySet, error) {
	text, reply, err := s.get(ctx, address, previous)
	if err != nil {
		return nil, err
	}
	set, err := s.steps.ReadKeySet(ctx, text, previous)
	if err != nil {
		return nil, err
	}
	keeping := &s.steps.Keeping
	fresh := keeping.Lifetime(reply, s.rules.Lifetime, now)
	set.Fetched = now
	set.Ahead = now.Add(keeping.Ahead(fresh))
	set.Expires = now.Add(fresh)
	set.Dead = now.Add(keeping.Bound(fresh, s.rules.Stale))
	return set, nil
}

// get tries once more when the connection broke and there are no keys to live
// on meanwhile.
func (s *Source) get(ctx context.Context, address string, previous *KeySet) (string, http.Header, error) {
	text, reply, err := s.fetcher.Get(ctx, address)
	if err != nil && previous == nil && s.steps.Fetching.Again(err) {
		return s.fetcher.Get(ctx, address)
	}
	return text, reply, err
}

// discover reads the metadata. Where they cannot be read, those that are
// known still hold; those of another issuer end all trust.
func (s *Source) discover(ctx context.Context, previous *KeySet, now time.Time) (*metadata, error) {
	text, reply, err := s.get(ctx, s.steps.Fetching.WellKnown(s.rules.Issuer), previous)
	if err == nil {
		var found *metadata
		if found, err = s.steps.readMetadata(text, s.rules.Issuer); err == nil {
			keeping := &s.steps.Keeping
			found.until = now.Add(keeping.Ahead(keeping.Lifetime(reply, s.rules.Lifetime, now)))
			s.known.Store(found)
			return found, nil
		}
	}
	if known := s.known.Load(); known != nil && !contradicts(err) {
		return known, nil
	}
	return nil, err
}

// unlessStale reads metadata again when their time is over. A clock that was
// set back makes them stale.
func unlessStale(until, now time.Time) bool {
	return now.Before(until) && until.Sub(now) <= MaxLifetime
}

// readMetadata reads a discovery document of an issuer.
func (s *Steps) readMetadata(text, issuer string) (*metadata, error) {
	members, err := s.Reading.Object(nil, text)
	if err != nil {
		return nil, badMetadata("the metadata cannot be read: %w", err)
	}
	var named, address, advertised Value
	for _, m := range members {
		switch m.Name {
		case "issuer":
			named = m.Value
		case "jwks_uri":
			address = m.Value
		case "id_token_signing_alg_values_supported":
			advertised = m.Value
		}
	}
	if !s.Fetching.Issuer(issuer, named) {
		bad := &unusable{code: CodeMetadata, contradiction: true}
		bad.error = errors.New("the metadata of " + issuer + " are those of " + excerpt(string(named)) + "; correct the issuer here or there")
		return nil, bad
	}
	where, err := s.Fetching.Address(issuer, address)
	if err != nil {
		return nil, badMetadata("%w", err)
	}
	u, err := url.Parse(where)
	if err != nil {
		return nil, badMetadata("the jwks_uri cannot be read: %w", err)
	}
	if err := s.Fetching.URL(u); err != nil {
		return nil, badMetadata("the jwks_uri %s cannot be used: %w", excerpt(where), err)
	}
	if err := s.Fetching.Reach(issuer, u); err != nil {
		return nil, badMetadata("the jwks_uri %s cannot be used: %w", excerpt(where), err)
	}
	return &metadata{address: where, advertised: advertised}, nil
}

// readAddress takes jwks_uri as it stands; there is no other place to look
// (OpenID Connect Discovery, 3).
func readAddress(_ string, named Value) (string, error) {
	where, ok := named.Text()
	if !ok {
		return "", errors.New("the metadata have no jwks_uri that is a string")
	}
	return where, nil
}

// notInward refuses keys at an address of this machine or its link, unless the
// issuer itself is there: metadata that say so use the validator to knock at
// doors that are closed to their author (RFC 8725, 3.10).
func notInward(issuer string, keys *url.URL) error {
	if !inward(keys.Hostname()) {
		return nil
	}
	if own, err := url.Parse(issuer); err == nil && inward(own.Hostname()) {
		return nil
	}
	return errors.New("it leads to this machine or its own link, where the issuer is not")
}

func inward(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	ip = ip.Unmap()
	return err == nil && (ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())
}

// sameIssuer wants the very issuer that was asked (OpenID Connect Discovery,
// 4.3).
func sameIssuer(asked string, got Value) bool {
	issuer, ok := got.Text()
	return ok && issuer == asked
}

// onlyPinned lets no metadata widen the algorithms (RFC 8725, 3.1).
func onlyPinned(pinned []*Algorithm, _ Value) []*Algorithm { return pinned }

// algorithms are those that count for the issuer.
func (i *Issuer) algorithms(s *Steps) []*Algorithm {
	advertised := Value("")
	if i.Keys != nil && i.Keys.source != nil {
		if known := i.Keys.source.known.Load(); known != nil {
			advertised = known.advertised
		}
	}
	return s.Fetching.Advertised(i.Algorithms, advertised)
}
