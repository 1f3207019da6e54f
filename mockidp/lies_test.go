package mockidp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

var update = flag.Bool("update", false, "write golden files anew")

// example is one fault of the kind that is described, with words that fit.
func example(t *testing.T, d fault.Description) fault.Fault {
	t.Helper()
	given := map[string]string{
		"token.set-claim":                "name=sub value=mallory",
		"token.drop-claim":               "name=exp",
		"token.repeat-claim":             "name=sub value=mallory",
		"token.set-claim-name":           "name=exp to=EXP",
		"token.retype-claim":             "name=iss as=array",
		"token.respell-claim":            "name=aud how=swap-case",
		"token.respell-hash":             "name=at_hash as=right-half",
		"token.set-claim-count":          "count=3",
		"token.set-claim-length":         "name=sub length=300",
		"token.set-scalar-length":        "octets=48",
		"token.sign-with-integer":        "integer=s+n",
		"token.set-time":                 "name=exp at=-{leeway}-1m",
		"token.set-claim-depth":          "name=x kind=array depth=3",
		"token.set-claims-size":          "bytes=600",
		"token.set-claim-digits":         "name=exp digits=40",
		"token.set-audience-count":       "others=2",
		"token.replace-claims":           "value=null",
		"token.rewrite-claims":           "as=trailing-comma",
		"token.replace-header":           "value=[]",
		"token.rewrite-header":           "as=trailing-comma",
		"token.respell-segment":          "in=payload how=padded",
		"token.respell-signed-segment":   "in=signature how=trailing-bits",
		"token.set-prefix":               "text=Bearer",
		"token.set-header":               "name=kid value={kid}x",
		"token.drop-header":              "name=kid",
		"token.repeat-header":            "name=alg value=none first=true",
		"token.set-header-name":          "name=kid to=KID",
		"token.set-critical":             "name=x-y value=true",
		"token.set-header-key":           "key=attacker",
		"token.set-key-as-kid":           "key=attacker",
		"token.set-header-chain":         "keys=attacker,active",
		"token.set-header-depth":         "name=x kind=object depth=3",
		"token.set-header-size":          "bytes=300",
		"token.sign-with":                "alg=none",
		"token.sign-as":                  "key=attacker",
		"token.sign-with-key":            "key=attacker",
		"token.sign-with-secret":         "alg=HS256 secret=spki-pem",
		"token.sign-with-padding":        "padding=info-length-81",
		"token.sign-with-scalars":        "r=0 s=0",
		"token.retype-signature":         "as=der",
		"token.set-signature-bits":       "bit=-1",
		"token.truncate-signature":       "keep=half",
		"token.set-signature-margin":     "after=1",
		"token.set-segment-text":         "in=payload at=middle text=?",
		"token.truncate-segments":        "keep=2",
		"token.set-suffix":               "text=.foo",
		"token.set-text":                 "text=. times=7",
		"token.set-serialization":        "form=flattened",
		"token.set-claim-after-signing":  "name=sub value=mallory",
		"token.set-header-after-signing": "name=x value=1",
		"token.set-encryption":           "alg=RSA-OAEP enc=A256GCM",
		"token.encrypt-with":             "alg=RSA-OAEP enc=A128CBC-HS256 key=unmarked",
		"token.set-encrypted-content":    "content=unsigned",
		"token.set-encrypted-header":     "name=typ value=JWT",
		"token.set-ephemeral-point":      "point=off-curve",
		"token.set-inflated-size":        "bytes=3000000",
		"token.set-encryption-depth":     "layers=1",
		"token.truncate-encrypted-part":  "in=tag keep=12",
		"token.drop-encrypted-part":      "in=tag",
		"metadata.set":                   "name=issuer value={canary}",
		"metadata.drop":                  "name=jwks_uri",
		"metadata.repeat":                "name=jwks_uri value={canary}",
		"metadata.respell":               "name=issuer how=add-slash",
		"metadata.set-depth":             "depth=3",
		"keyset.set-key-member":          "name=use value=enc",
		"keyset.drop-key-member":         "name=alg",
		"keyset.repeat-key-member":       "name=use value=enc",
		"keyset.set-key-member-name":     "name=kty to=KTY",
		"keyset.respell-key-member":      "name=n how=leading-zero",
		"keyset.set-key-text":            "name=x5c text=MII times=3 listed=true",
		"keyset.retype-key":              "as=ec",
		"keyset.set-key-point":           "point=off-curve",
		"keyset.publish-key":             "key=rsa-1024 first=true",
		"keyset.publish-jwk":             `jwk={"kty":"XYZ"}`,
		"keyset.publish-many":            "count=2 first=true",
		"keyset.set-names":               "count=2",
		"keyset.set-shape":               "shape=bare-array",
		"keyset.set-depth":               "depth=4",
		"reply.answer-status":            "endpoint=keyset status=500",
		"reply.set-status":               "endpoint=keyset status=203",
		"reply.redirect-times":           "endpoint=keyset times=2 status=307",
		"reply.redirect-in-circle":       "endpoint=keyset",
		"reply.set-header":               "endpoint=keyset name=content-type value=application/jwk-set+json",
		"reply.drop-header":              "endpoint=keyset name=content-type",
		"reply.tag":                      "endpoint=keyset",
		"reply.set-compressed-size":      "endpoint=keyset bytes=4096",
		"reply.answer-endlessly":         "endpoint=keyset with=members",
		"reply.set-suffix":               "endpoint=keyset text=<html>",
		"reply.set-encoding":             "endpoint=keyset encoding=utf-8-bom",
		"reply.stall-octets":             "endpoint=keyset every=1us in=body",
		"reply.answer-body":              "endpoint=keyset type=text/html body=<html>",
		"reply.redirect-to":              "endpoint=keyset to={canary}/jwks",
		"reply.set-size":                 "endpoint=keyset bytes=4096",
		"reply.stall":                    "endpoint=keyset for=1ms",
		"reply.truncate":                 "endpoint=keyset keep=10",
		"reply.reset":                    "endpoint=keyset keep=10",
		"answer.set":                     "endpoint=authorization name=iss value=https://other.test",
		"answer.set-length":              "endpoint=authorization name=code length=100",
		"answer.drop":                    "endpoint=authorization name=state",
		"answer.repeat":                  "endpoint=authorization name=state value=other",
		"answer.respell":                 "endpoint=authorization name=state how=upper-case",
		"answer.set-name":                "endpoint=authorization name=state to=State",
		"answer.error":                   "endpoint=authorization code=access_denied",
		"answer.in":                      "mode=fragment",
		"connection.set-certificate":     "certificate=expired",
		"connection.set-tls-version":     "version=1.0",
		"connection.break-http2":         "endpoint=keyset by=goaway",
	}[d.Name]
	f, err := fault.ParseWords(d.Name + " " + given)
	if err != nil {
		t.Fatal(err)
	}
	return f[0]
}

// besides is what comes beside a token where a fault needs it.
var besides = map[string]mockidp.Beside{"token.respell-hash": {AccessToken: "an access token"}}

// TestEveryFaultChangesItsSeamAlone lets each fault act once, measures at the
// seams where anything changed, and keeps what it looks like from outside.
func TestEveryFaultChangesItsSeamAlone(t *testing.T) {
	var golden bytes.Buffer
	for _, d := range fault.Describe() {
		if d.Seam == "" || d.Seam == fault.SeamConnection {
			continue // wrappers and connections have tests of their own
		}
		f := example(t, d)
		p, err := mockidp.New(mockidp.Config{Memory: true})
		if err != nil {
			t.Fatal(err)
		}
		alg := "RS256"
		if strings.Contains(d.Name, "scalar") || strings.Contains(d.Name, "point") || strings.Contains(d.Name, "retype-signature") {
			alg = "ES256"
		}
		if d.Name == "token.add-group-order" {
			alg = "EdDSA"
		}
		idp, err := p.Tenant(mockidp.TenantConfig{Algs: []string{alg}, Encrypted: d.Name == "token.drop-encryption"})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&golden, "%s\n", d.Name)
		if d.Seam.Token() {
			if d.Name == "token.sign-with-cube-root" {
				f = fault.SignAs{Key: "rsa-e3"} // which it cannot do without
			}
			m, err := idp.Mint(mockidp.Request{Nonce: "n", With: besides[d.Name], Faults: []fault.Fault{f}})
			if err != nil {
				t.Errorf("%s: %v", d.Name, err)
			} else {
				if !slices.Equal(m.Changed, []fault.Seam{d.Seam}) {
					t.Errorf("%s changed the seams %v, and should only change %s", d.Name, m.Changed, d.Seam)
				}
				token := m.Token
				if d.Name == "token.set-inflated-size" {
					token, _, _ = strings.Cut(token, ".") // random text is not compressed to one length
					token += "."
				}
				fmt.Fprintf(&golden, "  genuine %v, signed by %s\n%s", m.Genuine, m.Signer, picture(token))
			}
		} else {
			if err := idp.Misbehave(f); err != nil {
				t.Fatal(err)
			}
			url := idp.JWKSURI()
			switch d.Seam {
			case fault.SeamMetadata:
				url = idp.Issuer() + "/.well-known/openid-configuration"
			case fault.SeamLogin:
				url = idp.Issuer() + "/authorize?" + newFlow(t, idp).params("scope", "openid").Encode()
			}
			c := idp.Client()
			c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			if resp, err := c.Get(url); err == nil {
				var body bytes.Buffer
				_, _ = body.ReadFrom(io.LimitReader(resp.Body, 1<<20))
				resp.Body.Close()
				text := blur(strings.TrimSpace(body.String()))
				if body.Len() > 2000 {
					text = fmt.Sprintf("%d octets", body.Len())
				}
				fmt.Fprintf(&golden, "  %d %s\n  %s\n", resp.StatusCode, resp.Header.Get("Content-Type"), text)
				if d.Seam == fault.SeamLogin {
					fmt.Fprintf(&golden, "  %s\n", fresh.ReplaceAllString(resp.Header.Get("Location"), "$1…"))
				}
			}
			if n := idp.Journal().Served(d.Name); n != 1 {
				t.Errorf("%s was served %d times by the journal's account", d.Name, n)
			}
		}
		p.Close()
	}
	compare(t, "testdata/lies.golden", golden.Bytes())
}

// picture shows a token without what differs from run to run.
func picture(token string) string {
	if len(token) > 4000 {
		return fmt.Sprintf("  a text of %d octets\n", len(token))
	}
	parts := strings.Split(token, ".")
	if strings.HasPrefix(token, "{") || len(parts) < 2 || parts[0] == "" {
		return "  " + blur(token) + "\n"
	}
	var b strings.Builder
	for i, part := range parts {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		switch {
		case err != nil:
			fmt.Fprintf(&b, "  %d: not base64url\n", i)
		case i < 2 && json.Valid(raw):
			fmt.Fprintf(&b, "  %d: %s\n", i, blur(string(raw)))
		case len(raw) < 12:
			fmt.Fprintf(&b, "  %d: %q\n", i, raw)
		case raw[0] == 0x30 && len(raw) > 60 && len(raw) < 80: // and no tag of a JWE
			fmt.Fprintf(&b, "  %d: an ASN.1 sequence\n", i)
		default:
			fmt.Fprintf(&b, "  %d: %d octets\n", i, len(raw)/32*32)
		}
	}
	return b.String()
}

var random = regexp.MustCompile(`"(iss|aud|kid|jti|n|x|y|nonce|payload|protected|signature|p2s|KID|issuer|[a-z_]*_endpoint|jwks_uri)":"[^"]*"|"(iat|exp|EXP)":\d+|"iss":\[[^]]*\]|"Client-[a-z0-9]{8}"|"pad":"p*"|[A-Za-z0-9+/_=-]{60,}`)

// novel are the names that nobody has seen before.
var novel = regexp.MustCompile(`"[0-9A-Za-z]{5}":0,`)

// fresh are parameters of a redirect that differ from run to run.
var fresh = regexp.MustCompile(`(code=|iss=https%3A%2F%2Fidp)[^&]*`)

func blur(s string) string {
	s = novel.ReplaceAllString(s, `"…":0,`)
	return random.ReplaceAllStringFunc(s, func(found string) string {
		name, value, _ := strings.Cut(found, ":")
		if value == "" {
			return "…"
		}
		return name + ":" + string(value[0]) + "…"
	})
}

func compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s:%d differs; look, and run with -update if it is right\n got %q\nwant %q", path, i+1, at(g, i), at(w, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}

func TestLiesAreNotBelieved(t *testing.T) {
	idp := mockidp.Start(t)
	set := keySet(t, idp)
	for _, f := range []fault.Fault{
		fault.SignWith{Alg: "none"},
		fault.SignWith{Alg: "HS256"},
		fault.SignWith{Alg: "RS512", Claiming: "RS256"},
		fault.SignAs{Key: "attacker"},
		fault.SignWithKey{Key: "attacker"},
		fault.RepeatSignature{},
		fault.SetSignatureBits{Bit: 3},
		fault.TruncateSignature{Keep: "none"},
		fault.SetClaimAfterSigning{Name: "sub", Value: `"mallory"`},
		fault.SetTime{Name: "exp", At: "-{leeway}-1m"},
		fault.RespellClaim{Name: "iss", How: "add-one"},
		fault.SignWithPadding{Padding: "digest-length-81"},
	} {
		if err := idp.Misbehave(f); err != nil {
			t.Fatal(err)
		}
		if _, err := judge(idp, set, idp.Token(""), "RS256"); err == nil {
			t.Errorf("go-jose believes %v", f)
		}
	}
	if err := idp.Behave(); err != nil {
		t.Fatal(err)
	}
	if _, err := judge(idp, set, idp.Token(""), "RS256"); err != nil {
		t.Error(err)
	}
}

// What a fault makes must be what it says: a weak key really signs, a forged
// signature really verifies by whoever computes without looking.
func TestForgeriesComputeRight(t *testing.T) {
	idp := mockidp.Start(t)
	for _, word := range []string{"rsa-512", "rsa-1024", "rsa-1536", "rsa-e1", "rsa-e3", "rsa-n-even", "rsa-n-prime"} {
		if err := idp.Misbehave(fault.PublishKey{Key: word}); err != nil {
			t.Fatal(err)
		}
		m, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{fault.SignAs{Key: word}}})
		if err != nil {
			t.Errorf("%s: %v", word, err)
			continue
		}
		if err := verifyByArithmetic(t, fetch(t, idp.Client(), idp.JWKSURI()), m); err != nil {
			t.Errorf("%s: %v", word, err)
		}
		if forged := word == "rsa-e1"; m.Genuine == forged {
			t.Errorf("%s: genuine %v", word, m.Genuine)
		}
	}
}

func TestFloorFacts(t *testing.T) {
	idp := mockidp.Start(t)
	for _, c := range []struct {
		genuine bool
		faults  []fault.Fault
	}{
		{true, nil},
		{true, []fault.Fault{fault.SetClaim{Name: "aud", Value: `"other"`}}},
		{true, []fault.Fault{fault.SetSuffix{Text: ".foo"}}},
		{true, []fault.Fault{fault.SetSerialization{Form: "flattened"}}},
		{true, []fault.Fault{fault.SetSignatureMargin{After: 2}}},
		{true, []fault.Fault{fault.SetSegmentText{In: "signature", At: "middle", Text: "\n"}}},
		{true, []fault.Fault{fault.SignWith{Alg: "PS256"}}},
		{false, []fault.Fault{fault.SignWith{Alg: "none"}}},
		{false, []fault.Fault{fault.SignWith{Alg: "HS999"}}},
		{false, []fault.Fault{fault.SignWithSecret{Alg: "HS256", Secret: "client-secret"}}},
		{false, []fault.Fault{fault.SignAs{Key: "attacker"}}},
		{true, []fault.Fault{fault.SetSerialization{Form: "polyglot"}}}, // whom it made of it, its subject tells
		{false, []fault.Fault{fault.SetSerialization{Form: "empty-signatures"}}},
		{false, []fault.Fault{fault.TruncateSegments{Keep: 2}}},
		{false, []fault.Fault{fault.TruncateSignature{Keep: "half"}}},
		{false, []fault.Fault{fault.SetSignatureBits{All: true}}},
		{false, []fault.Fault{fault.DropPayload{}}},
		{false, []fault.Fault{fault.RepeatSignature{}}},
		{false, []fault.Fault{fault.SetHeaderAfterSigning{Name: "alg", Value: `"none"`}}},
		{false, []fault.Fault{fault.SetEncryption{Alg: "RSA-OAEP", Enc: "A128GCM"}}},
	} {
		m, err := idp.Mint(mockidp.Request{Faults: c.faults})
		if err != nil {
			t.Fatalf("%v: %v", c.faults, err)
		}
		if idp.Vouches(m) != c.genuine {
			t.Errorf("%v: the issuer vouches: %v", c.faults, !c.genuine)
		}
	}
	m, err := idp.Mint(mockidp.Request{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := idp.Rotate(mockidp.Rotation{Remove: true}); err != nil {
		t.Fatal(err)
	}
	if idp.Vouches(m) {
		t.Error("the issuer vouches with a key that it removed")
	}
}

func TestAFaultThatChangesNothingSaysSo(t *testing.T) {
	idp := mockidp.Start(t)
	for _, f := range []fault.Fault{
		fault.SetClaim{Name: "sub", Value: `"alice"`},
		fault.RespellClaim{Name: "iss", How: "drop-slash"},
	} {
		m, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{f}})
		if err != nil || len(m.Changed) != 0 {
			t.Errorf("%v changed %v, %v", f, m.Changed, err)
		}
	}
}

func TestMisbehaveRefusesTypos(t *testing.T) {
	idp := mockidp.Start(t)
	if err := idp.Misbehave(fault.SignAs{Key: "atacker"}); err == nil || !strings.Contains(err.Error(), `"attacker"`) {
		t.Error(err)
	}
	if _, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{fault.PublishKey{Key: "ec"}}}); err == nil {
		t.Error("a fault of key sets acted on a token")
	}
	if _, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{fault.SetSuffix{Text: "{nonce}"}}}); err == nil {
		t.Error("a placeholder was filled with nothing")
	}
}

func TestWrappersCountOccasions(t *testing.T) {
	idp := mockidp.Start(t)
	if err := idp.Misbehave(fault.First{N: 2, Do: fault.Some{Fault: fault.AnswerStatus{Endpoint: "keyset", Status: 503}}}); err != nil {
		t.Fatal(err)
	}
	var got []int
	for range 3 {
		resp, err := idp.Client().Get(idp.JWKSURI())
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		got = append(got, resp.StatusCode)
	}
	if !slices.Equal(got, []int{503, 503, 200}) || idp.Journal().Served("reply.answer-status") != 2 {
		t.Errorf("%v, %d served", got, idp.Journal().Served("reply.answer-status"))
	}
}

func TestCanaries(t *testing.T) {
	for _, memory := range []bool{false, true} {
		p, err := mockidp.New(mockidp.Config{Memory: memory})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		idp, err := p.Tenant(mockidp.TenantConfig{})
		if err != nil {
			t.Fatal(err)
		}
		for _, variant := range []string{"{canary}/jwks", "{canary.http}/jwks", "{canary.own}/jwks", "{canary.redirect}"} {
			m, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{
				fault.SetHeader{Name: "jku", Value: fault.Text(variant)}, fault.SignWithKey{Key: "attacker"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			if v := m.Canary.Visits(); len(v) != 0 {
				t.Errorf("visited before anybody could know: %q", v)
			}
			header, _ := base64.RawURLEncoding.DecodeString(strings.Split(m.Token, ".")[0])
			var parsed struct{ JKU string }
			unmarshal(t, header, &parsed)
			var set jose.JSONWebKeySet
			unmarshal(t, fetch(t, idp.Client(), parsed.JKU), &set)
			if _, err := judge(idp, set, m.Token, "RS256"); err != nil {
				t.Errorf("%s does not serve the attacker's key: %v", variant, err)
			}
			if v := m.Canary.Visits(); len(v) == 0 {
				t.Errorf("%s was visited and does not say so", variant)
			}
		}
		m, err := idp.Mint(mockidp.Request{Faults: []fault.Fault{fault.SetClaim{Name: "iss", Value: fault.Text("{canary}")}}})
		if err != nil {
			t.Fatal(err)
		}
		iss, _ := m.Claim("iss")
		var metadata struct{ Issuer string }
		unmarshal(t, fetch(t, idp.Client(), strings.Trim(string(iss), `"`)+"/.well-known/openid-configuration"), &metadata)
		if metadata.Issuer != strings.Trim(string(iss), `"`) {
			t.Errorf("the attacker's provider is %s, not %s", metadata.Issuer, iss)
		}
	}
}
