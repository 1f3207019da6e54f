package relyingparty

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/rogueidp/rogueidp/validator"
)

// A peer is one issuer as this party knows it: what was agreed on, and what was
// learned of it.
type peer struct {
	Registration
	index     int
	redirect  string // the redirect_uri
	validator *validator.Validator
	keys      keyring

	mu       sync.Mutex
	metadata *metadata
	fetches  *rate.Limiter
	asked    time.Time // when there were too many fetches already
}

// Metadata are fetched anew for every sign-in, as long as there are not more of
// these than people make. From then on what was learned a moment ago has to do:
// a flood of the login page is no flood of the issuer.
const (
	fetchRate  = rate.Limit(100)
	fetchBurst = 256
	moment     = 20 * time.Millisecond
)

func (p *Party) register(i int, r Registration) (*peer, error) {
	r.Auth = or(r.Auth, "client_secret_basic")
	r.ResponseType = or(r.ResponseType, "code")
	r.Scope = or(r.Scope, "openid offline_access")
	if r.ResponseMode == "" {
		r.ResponseMode = "form_post"
		if r.ResponseType == "code" {
			r.ResponseMode = "query"
		}
	}
	if len(r.Algorithms) == 0 {
		r.Algorithms = []string{"RS256", "ES256"}
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	if p.peerOf(r.Issuer) != nil {
		return nil, errors.New("it is registered twice; make one party for each client")
	}
	v, err := validator.New(validator.Config{
		Issuer: r.Issuer, ClientID: r.ClientID, Algorithms: r.Algorithms,
		HTTPClient: &http.Client{Transport: p.client.Transport}, Clock: clockFunc(p.now),
	})
	if err != nil {
		return nil, err
	}
	return &peer{
		Registration: r, index: i, redirect: p.base + p.ways.Callback(i),
		validator: v, fetches: rate.NewLimiter(fetchRate, fetchBurst),
	}, nil
}

// check wants what can be kept safely.
func (r Registration) check() error {
	switch {
	case !slices.Contains(Auths(), r.Auth):
		return fmt.Errorf("there is no client authentication %q; use one of %s", r.Auth, strings.Join(Auths(), ", "))
	case !slices.Contains(ResponseTypes(), r.ResponseType):
		return fmt.Errorf("there is no response type %q; use one of %s", r.ResponseType, strings.Join(ResponseTypes(), ", "))
	case !slices.Contains([]string{"query", "fragment", "form_post"}, r.ResponseMode):
		return fmt.Errorf("there is no response mode %q; use query, fragment or form_post", r.ResponseMode)
	case r.ResponseMode == "query" && r.ResponseType != "code":
		return errors.New("tokens may not travel in a query; choose form_post or fragment")
	case strings.HasPrefix(r.Auth, "client_secret") && r.ClientSecret == "":
		return fmt.Errorf("%s needs a ClientSecret", r.Auth)
	case r.Auth == "private_key_jwt" && r.Key == nil:
		return errors.New("private_key_jwt needs a Key")
	case r.Auth == "private_key_jwt":
		_, err := signerOf(r.Key)
		return err
	}
	return nil
}

// asks tells whether a response of this registration brings a code, an id_token
// or a token.
func (r Registration) asks(word string) bool {
	return slices.Contains(strings.Fields(r.ResponseType), word)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
