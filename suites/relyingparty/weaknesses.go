package relyingparty

import (
	"fmt"
	"time"
)

// A Weakness is one thing that a relying party forgets.
type Weakness struct {
	Name string
	// Forgets is what it does, as the rest of the sentence "the party that …".
	Forgets string
	// Rows are the scenarios that have to catch it.
	Rows []string
	// Setup is the registration that it takes, one of [Setups]; code when empty.
	Setup string

	weaken func(*ways)
}

// Weaknesses lists them.
func Weaknesses() []Weakness { return append([]Weakness(nil), table...) }

func weakened(name string) (*ways, error) {
	w := clean()
	if name == "" {
		return w, nil
	}
	for _, one := range table {
		if one.Name == name {
			one.weaken(w)
			return w, nil
		}
	}
	return nil, fmt.Errorf("relyingparty: there is no weakness %q; Weaknesses lists them", name)
}

type rows = []string

// table is every weakness, by what a sign-in goes through. What takes more than
// a line is a function of the files beside this one.
var table = []Weakness{
	// state
	{"ignores-state", "finishes the last sign-in of a browser, whatever state comes back", rows{"login.state-missing", "login.state-wrong", "login.state-other-session"}, "", ignoresState},
	{"state-by-presence", "wants a state and does not look which", rows{"login.state-wrong", "login.state-other-session"}, "", stateByPresence},
	{"empty-state-passes", "compares a state only if there is one", rows{"login.state-missing", "login.state-wrong"}, "", emptyStatePasses},
	{"state-by-prefix", "takes the beginning of a state for the whole", rows{"login.state-wrong"}, "", stateByPrefix},
	{"state-of-anybody", "knows which states it gave out and not to whom", rows{"login.login-csrf"}, "", stateOfAnybody},
	{"state-reusable", "finishes a sign-in as often as somebody asks it to", rows{"login.state-reuse"}, "", stateReusable},
	{"states-kept-for-ever", "remembers every sign-in that anybody began", rows{"login.state-flood"}, "", statesKeptForEver},
	{"signs-in-strangers", "takes a response that nobody waits for", rows{"login.login-csrf"}, "", signsInStrangers},
	{"guessable-state", "counts its states", rows{"nonce.entropy"}, "", func(w *ways) { w.Secret = counting("state") }},

	// which issuer
	{"state-for-all-issuers", "has nothing but a state, and finishes at one issuer what began with another", rows{"login.state-provider-bound"}, "", stateForAllIssuers},
	{"callback-of-any-issuer", "does not mind on whose redirect_uri a response comes", rows{"login.mixup-redirect-uri"}, "", callbackOfAnyIssuer},
	{"shared-callback", "has one redirect_uri for all issuers and does not ask who sent a response", rows{"login.mixup"}, "", sharedCallback},
	{"issuer-of-the-response", "sends a code to whom the response names", rows{"login.iss-wrong", "login.iss-near-miss"}, "", issuerOfTheResponse},
	{"ignores-iss", "does not look at iss", rows{"login.iss-wrong", "login.iss-missing", "login.iss-near-miss", "login.iss-unadvertised"}, "", func(w *ways) { w.Sender = anySender }},
	{"iss-optional", "does not miss an iss that was promised", rows{"login.iss-missing"}, "", issOptional},
	{"iss-if-advertised", "looks at iss only where the metadata promise one", rows{"login.iss-unadvertised"}, "", issIfAdvertised},
	{"iss-without-slash", "does not count slashes at the end of iss", rows{"login.iss-near-miss"}, "", issAlike(withoutSlash)},
	{"iss-in-any-case", "does not tell capitals from small letters in iss", rows{"login.iss-near-miss"}, "", issAlike(inAnyCase)},
	{"iss-by-prefix", "is content if iss begins well", rows{"login.iss-near-miss"}, "", issAlike(byPrefix)},

	// PKCE
	{"no-pkce", "does without PKCE", rows{"login.pkce-present"}, "", noPKCE},
	{"plain-pkce", "sends its verifier as the challenge", rows{"login.pkce-present"}, "", plainPKCE},
	{"pkce-as-offered", "takes plain where the issuer offers nothing else", rows{"login.pkce-downgrade"}, "", pkceAsOffered},
	{"constant-verifier", "has one verifier for everybody", rows{"login.pkce-present"}, "", constantVerifier},
	{"guessable-verifier", "counts its verifiers", rows{"nonce.entropy"}, "", guessableVerifier},
	{"verifier-of-the-latest", "sends the verifier of whoever began last", rows{"login.pkce-verifier-bind"}, "", verifierOfTheLatest},
	{"ties-no-code", "does without PKCE and does not look at the nonce", rows{"login.code-injection"}, "", tiesNoCode},

	// nonce
	{"ignores-nonce", "takes whatever nonce an ID token has, or none", rows{"nonce.other-session"}, "", func(w *ways) { w.Nonce = anyNonce }},
	{"nonce-of-anybody", "knows which nonces it gave out and not to whom", rows{"nonce.other-session"}, "", nonceOfAnybody},
	{"guessable-nonce", "counts its nonces", rows{"nonce.entropy"}, "", func(w *ways) { w.Secret = counting("nonce") }},

	// the response
	{"first-duplicate", "takes the first of two parameters", rows{"login.state-dup-param"}, "", func(w *ways) { w.Single = anyParams }},
	{"last-duplicate", "takes the last of two parameters", rows{"login.state-dup-param"}, "", lastDuplicate},
	{"pushed-id-token", "takes an ID token that somebody brings to the callback of a code", rows{"login.wrong-response-mode"}, "", pushedIDToken},
	{"overlooks-errors", "goes on with a code that comes with an error", rows{"login.error-and-code"}, "", overlooksErrors},
	{"repeats-markup", "shows what an issuer says without escaping it", rows{"login.error-xss"}, "", repeatsMarkup},
	{"falls-over-reasons", "falls over errors that are longer than its room", rows{"login.error-xss"}, "", fallsOverReasons},
	{"falls-over-errors", "falls over when an error is posted", rows{"login.error-formpost"}, "form-post", fallsOverErrors},
	{"falls-over-codes", "falls over codes that are longer than its room", rows{"login.code-odd"}, "", fallsOverCodes},
	{"hybrid-uncompared", "does not compare the two ID tokens", rows{"login.hybrid-mismatch"}, "hybrid", func(w *ways) { w.Same = nobodyElse }},
	{"hybrid-by-issuer", "compares the two ID tokens by their issuer alone", rows{"login.hybrid-mismatch"}, "hybrid", hybridByIssuer},
	{"remembers-codes", "answers a code that comes twice from its memory", rows{"login.code-replay"}, "", remembersCodes},

	// the token endpoint
	{"reads-by-pattern", "finds tokens in whatever the token endpoint says", rows{"token-endpoint.malformed"}, "", readsByPattern},
	{"any-media-type", "reads tokens from a page", rows{"token-endpoint.malformed"}, "", anyMediaType},
	{"skips-marks", "passes over what stands before the JSON", rows{"token-endpoint.malformed"}, "", skipsMarks},
	{"reads-any-size", "reads an answer to its end, however far that is", rows{"token-endpoint.malformed"}, "", func(w *ways) { w.MaxBody = 1 << 30 }},
	{"needs-no-id-token", "takes the word of UserInfo where there is no ID token", rows{"token-endpoint.no-idtoken"}, "", needsNoIDToken},
	{"first-member-wins", "takes the first of two members of one name", rows{"token-endpoint.dup-members"}, "", firstMemberWins},
	{"folds-members", "takes ID_TOKEN for id_token", rows{"token-endpoint.case-members"}, "", foldsMembers},
	{"one-token-type", "knows Bearer in one spelling", rows{"token-endpoint.type-case"}, "", oneTokenType},
	{"needs-expiry", "cannot do without expires_in", rows{"token-endpoint.type-case"}, "", needsMember("expires_in")},
	{"needs-scope", "cannot do without scope", rows{"token-endpoint.type-case"}, "", needsMember("scope")},
	{"tokens-of-a-refusal", "takes tokens from an answer with status 400", rows{"token-endpoint.error-200"}, "", tokensOfARefusal},
	{"overlooks-failure", "takes tokens from an answer that says error", rows{"token-endpoint.error-200"}, "", overlooksFailure},
	{"waits-for-ever", "waits as long as the token endpoint does", rows{"token-endpoint.slow"}, "", func(w *ways) { w.Patience = 0 }},
	{"retries-codes", "tries a code again when the answer is lost", rows{"token-endpoint.retry"}, "", func(w *ways) { w.Attempts = 2 }},
	{"follows-redirects", "posts code and secret to where it is redirected", rows{"token-endpoint.307"}, "", func(w *ways) { w.Redirect = nil }},
	{"assertion-by-metadata", "makes its assertion for whom the metadata say", rows{"login.client-assertion-aud"}, "private-key-jwt", assertionByMetadata},

	// UserInfo
	{"userinfo-decides", "signs in whom UserInfo names", rows{"userinfo.sub-mismatch"}, "", userInfoDecides},
	{"userinfo-first-of-list", "signs in the first sub of a list", rows{"userinfo.sub-odd"}, "", userInfoFirstOfList},
	{"userinfo-last-wins", "signs in the last of two sub", rows{"userinfo.sub-odd"}, "", userInfoLastWins},
	{"userinfo-first-wins", "signs in the first of two sub", rows{"userinfo.sub-odd"}, "", userInfoFirstWins},
	{"userinfo-uncompared", "shows what UserInfo says of somebody else", rows{"userinfo.sub-mismatch"}, "", func(w *ways) { w.Described = anybody }},
	{"userinfo-without-sub", "shows what UserInfo says of nobody", rows{"userinfo.sub-odd"}, "", userInfoWithoutSub},
	{"userinfo-of-any-issuer", "shows what UserInfo says in the name of another issuer", rows{"userinfo.sub-odd"}, "", userInfoOfAnyIssuer},
	{"userinfo-unsigned", "takes plain JSON where a signature was agreed on", rows{"userinfo.signed"}, "signed-userinfo", userInfoUnsigned},
	{"userinfo-unverified", "decodes a signed UserInfo response without verifying it", rows{"userinfo.signed"}, "signed-userinfo", userInfoUnverified},
	{"userinfo-any-alg", "lets a UserInfo response choose its algorithm, none among them", rows{"userinfo.signed"}, "signed-userinfo", userInfoAnyAlg},
	{"userinfo-for-anybody", "does not look for whom a UserInfo response is, or from whom", rows{"userinfo.signed"}, "signed-userinfo", userInfoForAnybody},
	{"half-an-identity", "signs in without the UserInfo that it could not get", rows{"userinfo.fault"}, "", func(w *ways) { w.Undescribed = func(error) error { return nil } }},
	{"bearer-in-query", "puts the access token into the URL, too", rows{"login.bearer-query"}, "", bearerInQuery},

	// renewal
	{"renews-blindly", "believes the ID token of a refresh", rows{"login.refresh-iss", "login.refresh-sub"}, "without-userinfo", renewsBlindly},
	{"renews-with-any-issuer", "compares sub alone when it renews", rows{"login.refresh-iss"}, "without-userinfo", renewsWithAnyIssuer},
	{"renews-as-anybody", "does not compare sub when it renews", rows{"login.refresh-sub"}, "without-userinfo", renewsAsAnybody},
	{"renews-for-any-audience", "does not look at aud when it renews", rows{"login.refresh-aud-authtime"}, "without-userinfo", renewsForAnyAudience},
	{"renewal-needs-id-token", "cannot renew without an ID token", rows{"login.refresh-ok"}, "", renewalNeedsIDToken},
	{"renewal-needs-nonce", "wants a nonce when it renews", rows{"login.refresh-ok"}, "", renewalNeedsNonce},

	// where people end up
	{"keeps-session-id", "goes on under the session id from before the sign-in", rows{"login.session-fixation"}, "", keepsSessionID},
	{"returns-anywhere", "leads people wherever return_to says", rows{"login.open-redirect", "login.3rd-party-init"}, "", returnsWhere(anywhere)},
	{"returns-by-slash", "takes whatever begins with a slash for its own", rows{"login.open-redirect"}, "", returnsWhere(bySlash)},
	{"returns-by-prefix", "takes whatever begins with its address for its own", rows{"login.open-redirect"}, "", returnsWhere(byAddress)},
	{"returns-by-backslash", "forgets that browsers read a backslash as a slash", rows{"login.open-redirect"}, "", returnsWhere(byBackslash)},
	{"host-decides", "makes its redirect_uri of the Host header", rows{"login.host-header"}, "", hostDecides},
	{"forwarded-host-decides", "makes its redirect_uri of X-Forwarded-Host", rows{"login.host-header"}, "", forwardedHostDecides},
	{"starts-for-anybody", "begins a sign-in although the iss of a third party is unknown", rows{"login.3rd-party-init"}, "", startsForAnybody},
	{"starts-for-nobody", "does not know an issuer that it is registered with", rows{"login.3rd-party-init"}, "", func(w *ways) { w.Initiator = func(*Party, string) *peer { return nil } }},
	{"endpoints-from-request", "takes endpoints from the parameters of its own pages", rows{"login.token-from-url"}, "", endpointsFromRequest},

	// logout
	{"logout-by-id-token", "takes an ID token for a logout token", rows{"logout.bcl-id-token-as-logout"}, "", logoutByIDToken},
	{"logout-alg-none", "takes logout tokens that nobody signed", rows{"logout.bcl-none-wrong-alg"}, "", logoutAlgNone},
	{"logout-any-alg", "takes logout tokens with any algorithm of the key", rows{"logout.bcl-none-wrong-alg"}, "", logoutAnyAlg},
	{"logout-unverified", "does not verify logout tokens", rows{"logout.bcl-unverified-revoke"}, "", logoutUnverified},
	{"logout-any-iss", "does not look at iss of a logout token", rows{"logout.bcl-claims"}, "", logoutAnyIssuer},
	{"logout-any-aud", "does not look at aud of a logout token", rows{"logout.bcl-claims"}, "", logoutWithout("aud")},
	{"logout-without-iat", "does not look at iat of a logout token", rows{"logout.bcl-claims"}, "", logoutWithout("iat")},
	{"logout-expired", "does not look at exp of a logout token", rows{"logout.bcl-claims"}, "", logoutExpired},
	{"logout-without-events", "does not look at events of a logout token", rows{"logout.bcl-claims"}, "", logoutWithout("events")},
	{"logout-any-event", "takes any event for a logout", rows{"logout.bcl-claims"}, "", logoutAnyEvent},
	{"logout-with-nonce", "takes a logout token with a nonce", rows{"logout.bcl-claims"}, "", logoutWithout("nonce")},
	{"logout-of-nobody", "takes a logout token without sub and sid", rows{"logout.bcl-claims"}, "", logoutWithout("sub and sid")},
	{"logout-of-everybody", "ends all sessions of the issuer at any logout token", rows{"logout.bcl-other-sub-sid"}, "", logoutOfEverybody},
	{"logout-in-vain", "says yes to a logout token and ends nothing", rows{"logout.bcl-ok"}, "", func(w *ways) { w.Ends = func(*logoutToken, *session) bool { return false } }},
	{"logout-cached", "lets caches keep what it answers to logout tokens", rows{"logout.bcl-ok"}, "", logoutCached},
	{"front-logout-for-anybody", "ends a session although iss and sid are of another", rows{"logout.fcl-iss-sid"}, "", frontLogoutForAnybody},
	{"follows-farewell", "goes where the state of a sign-out says", rows{"logout.rpl-state"}, "", followsFarewell},
}

type clockFunc func() time.Time

func (f clockFunc) Now() time.Time { return f() }
