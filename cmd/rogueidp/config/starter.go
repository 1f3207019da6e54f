package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogueidp/rogueidp/scenarios/yamldoc"
	"github.com/rogueidp/rogueidp/suites/target"
)

// Starter is a file to begin with for a target: what it needs is there, what it
// may need stands in comments. A # before a setting is taken away to make it; a #
// and a space before words are for reading. The error says what is wrong with the
// spelling.
func Starter(spec string) (string, error) {
	kind, rest, found := strings.Cut(spec, ":")
	if known := kinds(); !found || rest == "" || !slices.Contains(known, kind) {
		return "", fmt.Errorf("target %q: write one of %s%s", spec, strings.Join(target.Spellings(), ", "), hint(kind, known))
	}
	name := "mine"
	if spec == "go:reference" {
		name = "reference"
	}
	var b strings.Builder
	b.WriteString(`# What rogueidp run, drill, list and doctor do when they are given no flags; a flag
# wins over what stands here. rogueidp schema config prints the JSON Schema.
# Take the # away before a setting to make it. Paths are relative to the folder
# that the command is called in. ${NAME} is read from the environment, in secrets
# alone: provider.clientSecret, resource.header and image.env.

# Whom to test, by a name of yours: run plays against all, --target NAME against one.
targets:
`)
	fmt.Fprintf(&b, "  %s:\n    target: %s\n", name, yamldoc.Quote(spec))
	b.WriteString(ofKind[kind])
	if part, ok := fixed[kind]; ok {
		b.WriteString(part)
	} else {
		b.WriteString(movable)
	}
	b.WriteString(selection)
	return b.String(), nil
}

// ofKind are the settings of a target of each kind.
var ofKind = map[string]string{
	"go": `    # id-token, bearer-jwt, rfc9068 or jws: what it says of itself when left out.
#    profile: id-token
`,
	"exec": `    # What it says of itself when left out.
#    profile: id-token
    # Asked of a target that can be told.
#    leeway: 1m
#    fetchTimeout: 5s
    # Variables of the environment that it gets, beyond the usual.
#    env: [MY_SETTINGS]
`,
	"http": `    # What it says of itself when left out.
#    profile: id-token
    # Asked of a target that can be told.
#    leeway: 1m
#    fetchTimeout: 5s
`,
	"cmd": `    profile: bearer-jwt
    algs: [RS256]
#    env: [MY_SETTINGS]
`,
	"bearer": `    profile: bearer-jwt
    algs: [RS256]
    # What it promises about time, since it cannot say so itself.
#    declares: {leeway: 1m, cacheTTL: 10m, cooldown: 30s, fetchTimeout: 5s}
#    resource:
#      method: GET
#      header: {X-Api-Key: "${API_KEY}"}
    # Where an accepting answer says who is signed in.
#      identity: {json: sub}
    # Where a refusal redirects to.
#      loginPage: https://localhost:8443/login
#      replicas: 1
` + resetting,
	"login": `    algs: [RS256]
#    declares: {leeway: 1m, cacheTTL: 10m, cooldown: 30s}
#    login:
    # How the page of who is signed in is told, and that of a refusal.
#      signedIn: {url: /home, status: 200}
#      refused: {status: 401}
#      identity: {selector: "#user"}
#      logout: /logout
    # For pages that need JavaScript.
#      browser: true
    # What it is known to do.
#      supports: [state, nonce, pkce]
` + resetting,
	"image": `    profile: bearer-jwt
    algs: [RS256]
    image:
      # How it is reached once it is up: http, bearer or login, and where.
      kind: bearer
      path: /me
      port: 8080
      env:
        OIDC_ISSUER: "{issuer}"
        OIDC_CLIENT_ID: "{client_id}"
#        OIDC_CLIENT_SECRET: "{client_secret}"
#        API_KEY: "${API_KEY}"
      files:
        /etc/ssl/certs/rogueidp.pem: "{ca_pem}"
#      ready: /healthz
#      startLimit: 1m
`,
}

const resetting = `    # Empties its cache between groups of scenarios. It is printed before it runs.
#    reset: {command: "docker restart my-api", limit: 1m}
`

// fixed are providers for targets that know one issuer before the run.
var fixed = map[string]string{
	"bearer": knownIssuer,
	"login":  knownIssuer,
}

const knownIssuer = `
# The provider that the target is configured for: the same at every run. Start the
# target with the authority in .rogueidp/rogueidp-ca.pem, which rogueidp serve
# --listen 127.0.0.1:7443 --tls-dir .rogueidp makes.
provider:
  listen: 127.0.0.1:7443
  issuer: https://localhost:7443/idp
  tlsDir: .rogueidp
  clientID: my-client
#  clientSecret: "${ROGUEIDP_CLIENT_SECRET}"
`

const movable = `
# The provider, for targets that know one issuer before the run. Others are shown a
# new issuer for each scenario.
#provider:
#  listen: 127.0.0.1:7443
#  issuer: https://localhost:7443/idp
#  tlsDir: .rogueidp
#  clientID: my-client
#  clientSecret: "${ROGUEIDP_CLIENT_SECRET}"
`

const selection = `
# What is played: a selection with its promises (rotation, security), labels, or ids.
#preset: rotation
#filter: kid || rotation
#only: [rotation.new-kid]
# Folders with scenarios of your own.
#scenarios: [./scenarios]

# How it is judged: a missed SHOULD fails too; promises that you make.
#strict: true
#require: {outage: 0s, learn: 35s, exposure: 24h}
# Misses that somebody answers for, and what has to run and pass.
#waivers:
#  - scenario: time.iat-*
#    reason: The gateway in front of it refuses such tokens until June.
#    owner: identity team
#    expires: 2099-12-31
#must: [alg.none-empty-sig]

# What is written, and where: json, junit, markdown.
#reports:
#  folder: rogueidp-report
#  formats: [json, junit, markdown]

# What rogueidp drill plays: presets, files, or policies written out.
#drill:
#  policies:
#    - overlap
#    - name: weekly
#      schedule: {every: 168h, publishAhead: 24h, keepAfter: 24h}
#  for: 24h
#  require: {outage: 0s, herd: 2}

# The worst to send to hosts that are not on this machine, and which are yours.
#hazard: none
#iOwn: [api.test]

# Order, dice and names; scenarios at once; the longest wait of one step.
#seed: 1
#workers: 8
#maxWait: 40s
`
