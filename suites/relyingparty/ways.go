package relyingparty

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/rogueidp/rogueidp/validator"
)

// ways are the decisions of a relying party, one field each, so that a weakness
// is another way in one place and everything else stays right.
type ways struct {
	// What goes out.

	// Secret makes a state, a nonce or a verifier.
	Secret func(what string) string
	// Challenge is the code_challenge of a verifier and its method; none where
	// both are empty.
	Challenge func(m *metadata, verifier string) (challenge, method string)
	// Verifier is the one that is sent along with the code.
	Verifier func(t *transaction) string
	// Callback is the path of the i-th redirect_uri.
	Callback func(i int) string
	// RedirectURI is what the authentication request names.
	RedirectURI func(r *http.Request, one *peer) string
	// Metadata are the issuer's, as a request may or may not change them.
	Metadata func(m *metadata, r *http.Request) *metadata
	// Audience is whom a client assertion is for.
	Audience func(one *peer, m *metadata) any
	// Bearer puts an access token into a request.
	Bearer func(r *http.Request, token string)

	// How others are asked.

	Patience time.Duration // for one exchange
	MaxBody  int64         // octets of an answer
	Attempts int           // at redeeming one code
	Redirect func(next *http.Request, via []*http.Request) error

	// What comes in at the callback.

	// Response reads the parameters of an authorization response.
	Response func(r *http.Request, one *peer) (url.Values, error)
	// Single wants every parameter once.
	Single func(params url.Values) error
	// Claim finds the transaction that a response belongs to, and sees to it that
	// nobody else does.
	Claim func(p *Party, r *http.Request, one *peer, state string) (*transaction, error)
	// Keep remembers a transaction beside the cookie, and Spend takes the cookie
	// back.
	Keep  func(t *transaction)
	Spend func(p *Party, w http.ResponseWriter, t *transaction)
	// Origin is the issuer that a transaction goes on with; Sender judges the iss
	// of its response (RFC 9207, 2.4).
	Origin func(p *Party, t *transaction, at *peer, params url.Values) (*peer, error)
	Sender func(one *peer, m *metadata, params url.Values) error
	// Failed tells whether a response is an error.
	Failed func(params url.Values) bool
	// Expected judges which tokens and codes a response may bring.
	Expected func(one *peer, params url.Values) error
	// Code judges the text of a code.
	Code func(code string) error
	// Redeem makes tokens of a code.
	Redeem func(ctx context.Context, p *Party, one *peer, m *metadata, t *transaction, code string) (*tokens, error)
	// Tokens reads the answer of a token endpoint.
	Tokens func(a *reply) (*tokens, error)

	// Who it is.

	// Nonce ties an ID token to its transaction.
	Nonce func(t *transaction, raw string) []validator.Option
	// Identity is what the tokens of a sign-in say, before UserInfo.
	Identity func(ctx context.Context, p *Party, one *peer, t *transaction, front, back *tokens, code string) (*identity, error)
	// Same compares the two ID tokens of a hybrid flow.
	Same func(front, back *identity) error
	// UserInfo reads a UserInfo response.
	UserInfo func(ctx context.Context, p *Party, one *peer, m *metadata, a *reply) (*userInfo, error)
	// Described compares it with the ID token.
	Described func(who *identity, told *userInfo) error
	// Undescribed is what comes of a sign-in whose UserInfo could not be had.
	Undescribed func(error) error
	// Signed verifies a UserInfo response that is a JWT.
	Signed func(ctx context.Context, p *Party, one *peer, m *metadata, raw string) ([]byte, error)

	// What comes of it.

	// SessionID is the id of a new session.
	SessionID func(r *http.Request) string
	// Destination is a place of this party that people may be led to.
	Destination func(base, to string) (string, bool)
	// Explain writes the reason of a refusal into a page.
	Explain func(text string) string
	// Initiator is the registration that a third party names.
	Initiator func(p *Party, issuer string) *peer

	// Renewal.

	// Renewed reads the ID token that came with a refresh.
	Renewed func(ctx context.Context, p *Party, s *session, raw string) (*identity, error)
	// Continues compares it with the one that the session began with.
	Continues func(s *session, now *identity) error
	// Unaccompanied judges a refresh that brought no ID token.
	Unaccompanied func() error

	// Logout.

	// LogoutToken verifies who made a logout token.
	LogoutToken func(ctx context.Context, p *Party, raw string) (*logoutToken, error)
	// Logout are the rules for its claims, all of which have to hold.
	Logout []logoutRule
	// Ends tells whether a logout token is about a session.
	Ends func(l *logoutToken, s *session) bool
	// Departing tells whether a front-channel logout is about a session.
	Departing func(s *session, iss, sid string) bool
	// Farewell is where somebody goes whom the issuer signed out; empty: nowhere.
	Farewell func(p *Party, r *http.Request) (string, error)
	// Acknowledge prepares the answer to a logout token.
	Acknowledge func(h http.Header)
}

// clean are the ways of a party without a weakness.
func clean() *ways {
	return &ways{
		Secret:      secret,
		Challenge:   challengeS256,
		Verifier:    func(t *transaction) string { return t.Verifier },
		Callback:    func(i int) string { return pagePath("/callback", i) },
		RedirectURI: func(_ *http.Request, one *peer) string { return one.redirect },
		Metadata:    func(m *metadata, _ *http.Request) *metadata { return m },
		Audience:    func(one *peer, _ *metadata) any { return one.Issuer },
		Bearer:      inHeader,

		Patience: 2 * time.Second,
		MaxBody:  256 << 10,
		Attempts: 1,
		Redirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },

		Response: response,
		Single:   single,
		Claim:    claim,
		Keep:     func(*transaction) {},
		Spend:    spend,
		Origin:   chosen,
		Sender:   sender,
		Failed:   func(params url.Values) bool { return params.Has("error") },
		Expected: expected,
		Code:     code,
		Redeem:   redeem,
		Tokens:   readTokens,

		Nonce: func(t *transaction, _ string) []validator.Option {
			return []validator.Option{validator.WithNonce(t.Nonce)}
		},
		Identity:    identify,
		Same:        same,
		UserInfo:    readUserInfo,
		Described:   described,
		Undescribed: func(err error) error { return err },
		Signed:      signed,

		SessionID:   func(*http.Request) string { return secret("session") },
		Destination: destination,
		Explain:     explain,
		Initiator:   (*Party).peerOf,

		Renewed:       renewed,
		Continues:     continues,
		Unaccompanied: func() error { return nil },

		LogoutToken: readLogoutToken,
		Logout:      logoutRules(),
		Ends:        ends,
		Departing:   departing,
		Farewell:    farewell,
		Acknowledge: func(http.Header) {},
	}
}

// A refusal is an answer that is no, with the status that says why.
type refusal struct {
	status int
	err    error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// refuse is what comes of a request that asks for what it may not have.
func refuse(text string) error { return &refusal{http.StatusBadRequest, errors.New(text)} }

// distrust is what comes of a provider that said what it must not.
func distrust(err error) error { return &refusal{http.StatusForbidden, err} }

// unreachable is what comes of a provider that did not answer.
func unreachable(err error) error { return &refusal{http.StatusBadGateway, err} }
