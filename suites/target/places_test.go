package target

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestThePlacesOfARelyingParty(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	rp := newTinyRP(t, op, func(rp *tinyRP) {
		rp.instead["/renew"] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }
		rp.instead["/frontlogout"] = func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("iss") != op.issuer() {
				w.WriteHeader(http.StatusBadRequest)
			}
		}
		rp.instead["/logout"] = func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "session", Path: "/", MaxAge: -1})
			http.Redirect(w, r, op.issuer()+"/end_session", http.StatusFound)
		}
	})
	b := session(t, op, rp.URL+"/login", Login{
		Home: "/me", Renew: "/renew", Logout: "/logout", Initiate: "/login", BackChannel: "/backchannel", FrontLogout: "/frontlogout",
		Identity: Identity{JSON: "user.sub"},
	})
	want(t, arrive(t, b, Errand{Agent: "a", To: Initiate, Query: url.Values{"iss": {op.issuer()}}, Known: op.cookie("alice")}), Accept, "alice", "")
	want(t, arrive(t, b, Errand{Agent: "a", To: HomePage}), Accept, "alice", "")
	before := op.requests()
	renewed := arrive(t, b, Errand{Agent: "a", To: RenewPage})
	want(t, renewed, Reject, "", "sent to the provider")
	if !strings.HasPrefix(renewed.URL, op.issuer()+"/authorize?") || op.requests() != before {
		t.Errorf("it ended at %s after %d requests of the provider", renewed.URL, op.requests()-before)
	}
	want(t, arrive(t, b, Errand{To: BackChannel, Form: url.Values{"logout_token": {"good"}}}), Accept, "", "200")
	want(t, arrive(t, b, Errand{To: BackChannel, Form: url.Values{"logout_token": {"bad"}}}), Reject, "", "400")
	want(t, arrive(t, b, Errand{To: BackChannel, Query: url.Values{"logout_token": {"good"}}}), Reject, "", "400")
	want(t, arrive(t, b, Errand{To: FrontLogout, Query: url.Values{"iss": {op.issuer()}}}), Accept, "", "200")
	want(t, arrive(t, b, Errand{To: FrontLogout, Query: url.Values{"iss": {"x"}}}), Reject, "", "400")
	stayed := arrive(t, b, Errand{Agent: "a", To: LoginPage, Stay: true})
	want(t, stayed, Accept, "", "sent to the provider")
	if !strings.Contains(stayed.URL, "redirect_uri=") || stayed.Answer != nil {
		t.Errorf("it stayed at %s", stayed.URL)
	}
	want(t, arrive(t, b, Errand{Agent: "a", To: HomePage}), Accept, "alice", "")
	want(t, arrive(t, b, Errand{Agent: "a", To: LogoutPage}), Accept, "", "")
	want(t, arrive(t, b, Errand{Agent: "a", To: HomePage}), Reject, "", "401")
	var unsupported *Unsupported
	if _, err := session(t, op, rp.URL+"/login", Login{}).Go(context.Background(), Errand{To: RenewPage}); !errors.As(err, &unsupported) || unsupported.Feature != "renew" {
		t.Errorf("without a page to renew at, it says %v", err)
	}
	if _, err := b.Go(context.Background(), Errand{To: "hom"}); err == nil || !strings.Contains(err.Error(), `"home"`) {
		t.Errorf("a place that is none gives %v", err)
	}
}

// The callback is where the first login leads, begun only to see that.
func TestTheCallbackIsLearned(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	rp := newTinyRP(t, op, nil)
	b := session(t, op, rp.URL+"/login", Login{})
	// Nobody is known at the provider, so it answers nothing.
	if _, err := b.Go(context.Background(), Errand{To: Callback}); !errors.Is(err, errUnseen) {
		t.Errorf("before a login began it says %v", err)
	}
	a := arrive(t, b, Errand{To: Callback, Known: op.cookie("alice"), Query: url.Values{"code": {"code-alice"}}})
	want(t, a, Reject, "", "403")
	if !strings.HasPrefix(a.URL, rp.URL+"/callback?code=code-alice") {
		t.Errorf("the callback was taken to be %s", a.URL)
	}
}

func TestWhatARelyingPartyCan(t *testing.T) {
	t.Parallel()
	rp, err := Open(context.Background(), "login:https://app.example.test/login", Options{Login: Login{
		Pages: []string{"/login/other"}, Home: "/me", Renew: "/renew", Initiate: "/initiate", BackChannel: "/bc", ReturnTo: "next",
		Supports: []string{"state", "pkce", "nonce", "refresh"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	d := rp.Describe()
	for _, feature := range []string{"discovery", "jwks-uri", "refetch", "nonce", "custom-ca", "http-issuer", "login", "state", "pkce", "refresh", "home", "initiate", "backchannel", "return-to", "renew", "multi-issuer"} {
		if n := len(slices.DeleteFunc(slices.Clone(d.Can), func(c string) bool { return c != feature })); n != 1 {
			t.Errorf("%s is claimed %d times", feature, n)
		}
	}
	if d.Has("frontlogout") || d.Has("userinfo") || d.Has("logout") {
		t.Errorf("it claims more than was said: %v", d.Can)
	}
	if d.Profile != "login" || !d.Fixed || !d.Concurrent || d.Visible != 0 || d.Name != "app.example.test/login" {
		t.Errorf("it is %+v", d)
	}
	if Host("login:https://app.example.test/login") != "app.example.test" {
		t.Error("nobody knows its host")
	}
	if _, _, err := rp.Trust(context.Background(), Issuer{Issuer: "https://a.test"}, Issuer{Issuer: "https://b.test"}, Issuer{Issuer: "https://c.test"}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("three issuers at two login pages: %v", err)
	}
}

func TestLoginsThatAreMisspelled(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		spec  string
		login Login
		says  string
	}{
		{"login:app/login", Login{}, "login:https://host/login"},
		{"login:ftp://host/login", Login{}, "login:https://host/login"},
		{"login:https://host/login", Login{Home: "mailto:a@b"}, "login home"},
		{"login:https://host/login", Login{SignedIn: Sign{Selector: "b["}}, "signedIn: selector"},
		{"login:https://host/login", Login{Refused: Sign{Status: 999}}, "999"},
		{"login:https://host/login", Login{Identity: Identity{JSON: "sub", Header: "X"}}, "not several"},
		{"login:https://host/login", Login{Identity: Identity{Pattern: "sub"}}, "no group"},
		{"login:https://host/login", Login{Identity: Identity{Pattern: "("}}, "pattern"},
		{"login:https://host/login", Login{Click: ">>"}, "click"},
		{"login:https://host/login", Login{Supports: []string{"pkc"}}, `did you mean "pkce"?`},
	} {
		if _, err := Open(context.Background(), one.spec, Options{Login: one.login}); err == nil || !strings.Contains(err.Error(), one.says) {
			t.Errorf("%s %+v: %v; want %q", one.spec, one.login, err, one.says)
		}
	}
}

// Pages between the login page and the provider, as relying parties have them.
func TestPagesOnTheWay(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name, page string
		click      string
		answer     Answer
	}{
		{"a link to click", `<p><a class="idp" href="start">Sign in</a>`, "a.idp", Accept},
		{"the text of a link", `<p><a href="start"><span id=go>Sign in</span></a>`, "#go", Accept},
		{"a button to click", `<form action="/start"><input type=hidden name=to value=op><button id=go name=by value=op>Sign in</button></form>`, "#go", Accept},
		{"a button that posts", `<form><button formmethod=post formaction="/start?to=op" id=go name=by value=op>Sign in</button></form>`, "#go", Accept},
		{"a button without the rest", `<form action="/start"><button id=go name=by value=op>Sign in</button></form>`, "#go", Reject},
		{"a button that is not there", `<form action="/start"></form>`, "#go", Reject},
		{"a form that submits itself", `<body onload="document.forms[0].submit()"><form method=post action=start><input type=hidden name=to value=op><input type=hidden name=by value=op></form>`, "", Accept},
		{"a form that waits for a user", `<form method=post action=start><input type=hidden name=to value=op><input type=hidden name=by value=op><button>Go</button></form>`, "", Reject},
		{"a form to fill in", `<body onload="document.forms[0].submit()"><form method=post action=start><input type=hidden name=to value=op><input type=hidden name=by value=op><input name=user></form>`, "", Reject},
		{"a refresh", `<head><meta http-equiv="Refresh" content="0; URL='/start?to=op&amp;by=op'">`, "", Accept},
		{"a refresh under a base", `<head><base href="/start/"><meta http-equiv=refresh content="1;url=../start?to=op&by=op">`, "", Accept},
		{"a refresh in an hour", `<head><meta http-equiv="refresh" content="3600; url=/start?to=op&by=op">`, "", Reject},
		{"a page that shows itself anew", `<head><meta http-equiv="refresh" content="0">`, "", Reject},
		{"a refresh in a comment", `<!-- <meta http-equiv="refresh" content="0; url=/start?to=op&by=op"> -->`, "", Reject},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			op := newTinyOP(t)
			rp := newTinyRP(t, op, func(rp *tinyRP) {
				rp.instead["/in"] = func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<!doctype html>"+way.page) }
				rp.instead["/start"] = func(w http.ResponseWriter, r *http.Request) {
					link := strings.Contains(way.page, "href=\"start\"")
					if !link && (r.FormValue("to") != "op" || r.FormValue("by") != "op") {
						http.Error(w, "to whom?", http.StatusBadRequest)
						return
					}
					http.Redirect(w, r, "/login", http.StatusSeeOther)
				}
			})
			b := session(t, op, rp.URL+"/in", Login{Click: way.click})
			want(t, arrive(t, b, Errand{Known: op.cookie("alice")}), way.answer, "", "")
			if way.answer == Reject {
				return
			}
			// To come back there is to be refused.
			rp.instead["/callback"] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/in?error=1", http.StatusFound) }
			if a := arrive(t, b, Errand{Known: op.cookie("alice")}); a.Verdict.Answer != Reject {
				t.Errorf("back at the login page it says %s (%s)", a.Verdict.Answer, a.Reason)
			}
		})
	}
}

// The login page of a gateway is any page behind it, and who has signed in comes
// back to it.
func TestAPageBehindAGateway(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	rp := newTinyRP(t, op, nil)
	rp.instead["/callback"] = func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("code") == "code-mallory" {
			http.Redirect(w, r, "/protected?error=1", http.StatusFound)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "alice", Path: "/"})
		http.Redirect(w, r, "/protected", http.StatusFound)
	}
	gateway := func(w http.ResponseWriter, r *http.Request) {
		switch _, err := r.Cookie("session"); {
		case r.FormValue("error") != "":
			fmt.Fprint(w, "<p>No.")
		case err == nil:
			fmt.Fprint(w, "<p>secret things")
		default:
			http.Redirect(w, r, "/login", http.StatusFound)
		}
	}
	rp.instead["/protected"] = gateway
	for _, l := range []Login{{}, {Home: "/protected"}} {
		b := session(t, op, rp.URL+"/protected", l)
		want(t, arrive(t, b, Errand{Agent: "a", Known: op.cookie("alice")}), Accept, "", "secret")
		want(t, arrive(t, b, Errand{Agent: "a"}), Accept, "", "secret")
		want(t, arrive(t, b, Errand{Known: op.cookie("mallory")}), Reject, "", "")
	}
}

// Who is signed in may be sent on by the login page; who signed out may not.
func TestALoginOfWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	op := newTinyOP(t)
	rp := newTinyRP(t, op, nil)
	rp.instead["/in"] = func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("session"); err == nil {
			http.Redirect(w, r, "/welcome", http.StatusFound)
			return
		}
		if _, err := r.Cookie("state"); err == nil {
			http.Redirect(w, r, "/about", http.StatusFound)
			return
		}
		http.Redirect(w, r, "/login", http.StatusFound)
	}
	rp.instead["/about"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<p>About us") }
	rp.instead["/logout"] = func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Path: "/", MaxAge: -1})
	}
	b := session(t, op, rp.URL+"/in", Login{Logout: "/logout"})
	want(t, arrive(t, b, Errand{Agent: "a", Known: op.cookie("alice")}), Accept, "", "Welcome")
	want(t, arrive(t, b, Errand{Agent: "a"}), Accept, "", "Welcome")
	want(t, arrive(t, b, Errand{Agent: "a", To: LogoutPage}), Accept, "", "")
	want(t, arrive(t, b, Errand{Agent: "a"}), Reject, "", "never came to the callback")
}
