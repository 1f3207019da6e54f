package relyingparty

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// TestTokenResponses: tokens come with 200 and JSON, by their exact names, once.
func TestTokenResponses(t *testing.T) {
	const good = `{"access_token":"a","token_type":"Bearer","id_token":"t","expires_in":300}`
	for name, one := range map[string]struct {
		a    reply
		want int // 0: taken
	}{
		"plain":            {reply{200, "application/json", []byte(good)}, 0},
		"other case":       {reply{200, "application/json", []byte(`{"access_token":"a","token_type":"bEaReR"}`)}, 0},
		"status 400":       {reply{400, "application/json", []byte(good)}, 403},
		"status 201":       {reply{201, "application/json", []byte(good)}, 403},
		"status 307":       {reply{307, "application/json", []byte(good)}, 403},
		"status 503":       {reply{503, "application/json", []byte(good)}, 502},
		"HTML":             {reply{200, "text/html", []byte(good)}, 403},
		"no type":          {reply{200, "", []byte(good)}, 403},
		"byte order mark":  {reply{200, "application/json", []byte("\ufeff" + good)}, 403},
		"truncated":        {reply{200, "application/json", []byte(good[:60])}, 403},
		"trailing":         {reply{200, "application/json", []byte(good + "{}")}, 403},
		"id_token twice":   {reply{200, "application/json", []byte(`{"access_token":"a","token_type":"Bearer","id_token":"t","id_token":"u"}`)}, 403},
		"id_token number":  {reply{200, "application/json", []byte(`{"access_token":"a","token_type":"Bearer","id_token":7}`)}, 403},
		"id_token array":   {reply{200, "application/json", []byte(`{"access_token":"a","token_type":"Bearer","id_token":["t"]}`)}, 403},
		"error":            {reply{200, "application/json", []byte(`{"error":"no","access_token":"a","token_type":"Bearer"}`)}, 403},
		"no access token":  {reply{200, "application/json", []byte(`{"token_type":"Bearer","id_token":"t"}`)}, 403},
		"upper-case names": {reply{200, "application/json", []byte(`{"ACCESS_TOKEN":"a","token_type":"Bearer"}`)}, 403},
		"another type":     {reply{200, "application/json", []byte(`{"access_token":"a","token_type":"mac"}`)}, 403},
	} {
		got, err := readTokens(&one.a)
		if one.want == 0 && (err != nil || got.AccessToken != "a") || one.want != 0 && (err == nil || statusOf(err) != one.want) {
			t.Errorf("%s: %+v, %v, want %d", name, got, err, one.want)
		}
	}
	for text, want := range map[string]string{`"t"`: "t", `null`: "", `""`: ""} {
		got, err := readTokens(&reply{200, "application/json", []byte(`{"access_token":"a","token_type":"Bearer","id_token":` + text + `}`)})
		if err != nil || got.id() != want {
			t.Errorf("id_token %s: %q, %v", text, got.id(), err)
		}
	}
}

func TestMetadataAreTheIssuersOwn(t *testing.T) {
	good := func() *metadata {
		return &metadata{Issuer: "https://i.example", Authorization: "https://i.example/a", Token: "https://i.example/t", KeySet: "https://i.example/k"}
	}
	if err := good().check("https://i.example"); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*metadata){
		"issuer":        func(m *metadata) { m.Issuer += "/" },
		"authorization": func(m *metadata) { m.Authorization = "" },
		"plain":         func(m *metadata) { m.Token = "http://i.example/t" },
		"script":        func(m *metadata) { m.EndSession = "javascript:alert()" },
		"user":          func(m *metadata) { m.UserInfo = "https://a:b@i.example/u" },
		"keys":          func(m *metadata) { m.KeySet = "file:///etc/passwd" },
	} {
		m := good()
		spoil(m)
		if err := m.check("https://i.example"); statusOf(err) != 403 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUserInfoIsAboutWhoSignedIn(t *testing.T) {
	who := &identity{Issuer: "https://i.example", Subject: "alice"}
	for text, ok := range map[string]bool{
		`{"sub":"alice"}`: true,
		`{"sub":"alice","iss":"https://i.example"}`:  true,
		`{"sub":"alice","iss":"https://i.example/"}`: false,
		`{"sub":"bob"}`:               false,
		`{"sub":"Alice"}`:             false,
		`{"sub":""}`:                  false,
		`{}`:                          false,
		`{"sub":["alice"]}`:           false,
		`{"sub":"alice","sub":"bob"}`: false,
		`{"sub":"bob","sub":"alice"}`: false,
		`{"Sub":"alice"}`:             false,
	} {
		told := new(userInfo)
		err := (&reply{200, "application/json", []byte(text)}).decode(told)
		if err == nil {
			err = described(who, told)
		}
		if (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestARefreshContinuesTheSignIn(t *testing.T) {
	began := identity{Issuer: "i", Subject: "s", Audience: []string{"c"}, AuthTime: time.Unix(1000, 0)}
	for name, one := range map[string]struct {
		change func(*identity)
		ok     bool
	}{
		"the same":           {func(*identity) {}, true},
		"without auth_time":  {func(i *identity) { i.AuthTime = time.Time{} }, true},
		"another issuer":     {func(i *identity) { i.Issuer = "j" }, false},
		"another subject":    {func(i *identity) { i.Subject = "t" }, false},
		"another audience":   {func(i *identity) { i.Audience = []string{"d"} }, false},
		"one audience more":  {func(i *identity) { i.Audience = []string{"c", "d"} }, false},
		"another party":      {func(i *identity) { i.Party = "d" }, false},
		"another auth_time ": {func(i *identity) { i.AuthTime = time.Unix(1001, 0) }, false},
	} {
		now := began
		one.change(&now)
		if err := continues(&session{who: &began}, &now); (err == nil) != one.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLogoutRules breaks one rule at a time, and every rule is broken by
// something.
func TestLogoutRules(t *testing.T) {
	now := clock()
	one := &peer{Registration: registered()}
	good := func() map[string]any {
		return map[string]any{
			"iss": one.Issuer, "aud": one.ClientID, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "jti": "j", "sub": "alice", "sid": "s",
			"events": map[string]any{logoutEvent: map[string]any{}},
		}
	}
	broken := func(claims map[string]any, typ string) string {
		t.Helper()
		text, err := json.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		head, err := json.Marshal(map[string]any{"alg": "RS256", "typ": typ})
		if err != nil {
			t.Fatal(err)
		}
		l, err := parseLogoutToken(one, base64.RawURLEncoding.EncodeToString(head)+"..", text)
		if err != nil {
			return "text"
		}
		l.now = now
		for _, rule := range logoutRules() {
			if rule.wants(l) != nil {
				return rule.of
			}
		}
		return ""
	}
	for _, typ := range []string{"", "JWT", "logout+jwt", "application/logout+jwt"} {
		if got := broken(good(), typ); got != "" {
			t.Errorf("typ %q: %s", typ, got)
		}
	}
	met := map[string]bool{"typ": broken(good(), "at+jwt") == "typ"}
	for _, step := range []struct {
		of, name string
		value    any // nil: absent
	}{
		{"iss", "iss", "https://issuer.example/a/"}, {"iss", "iss", nil}, {"aud", "aud", "other"}, {"aud", "aud", nil}, {"aud", "aud", []string{"other"}},
		{"iat", "iat", nil}, {"iat", "iat", now.Add(-time.Hour).Unix()}, {"iat", "iat", now.Add(time.Hour).Unix()},
		{"exp", "exp", nil}, {"exp", "exp", now.Add(-2 * time.Minute).Unix()}, {"events", "events", nil},
		{"events", "events", map[string]any{"http://schemas.openid.net/event/other": map[string]any{}}}, {"events", "events", map[string]any{logoutEvent: "yes"}},
		{"text", "events", "yes"}, {"text", "sub", 7}, {"nonce", "nonce", "n"}, {"nonce", "nonce", ""}, {"jti", "jti", nil},
	} {
		claims := good()
		if claims[step.name] = step.value; step.value == nil {
			delete(claims, step.name)
		}
		if got := broken(claims, "logout+jwt"); got != step.of {
			t.Errorf("%s %v breaks %q, want %q", step.name, step.value, got, step.of)
		}
		met[step.of] = true
	}
	claims := good()
	delete(claims, "sub")
	if got := broken(claims, ""); got != "" {
		t.Errorf("a sid alone: %s", got)
	}
	delete(claims, "sid")
	met["sub and sid"] = broken(claims, "") == "sub and sid"
	for _, rule := range logoutRules() {
		if !met[rule.of] {
			t.Errorf("nothing breaks the rule about %s", rule.of)
		}
	}
}

func TestWhoseSessionEnds(t *testing.T) {
	one, other := &peer{}, &peer{}
	s := &session{peer: one, who: &identity{Issuer: "i", Subject: "alice", Session: "s"}}
	for name, step := range map[string]struct {
		l  logoutToken
		is bool
	}{
		"sid":              {logoutToken{peer: one, Issuer: "i", Session: "s"}, true},
		"sub":              {logoutToken{peer: one, Issuer: "i", Subject: "alice"}, true},
		"both":             {logoutToken{peer: one, Issuer: "i", Subject: "alice", Session: "s"}, true},
		"other sid":        {logoutToken{peer: one, Issuer: "i", Subject: "alice", Session: "t"}, false},
		"sid of another":   {logoutToken{peer: one, Issuer: "i", Subject: "bob", Session: "s"}, false},
		"another":          {logoutToken{peer: one, Issuer: "i", Subject: "bob"}, false},
		"another issuer":   {logoutToken{peer: one, Issuer: "j", Subject: "alice", Session: "s"}, false},
		"another client's": {logoutToken{peer: other, Issuer: "i", Subject: "alice"}, false},
	} {
		if got := ends(&step.l, s); got != step.is {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !departing(s, "i", "s") || departing(s, "j", "s") || departing(s, "i", "t") || departing(&session{who: &identity{Issuer: "i"}}, "i", "") {
		t.Error("front-channel logout ends a session that it does not name")
	}
}

func TestAudiences(t *testing.T) {
	for text, want := range map[string]int{`"c"`: 1, `["c","d"]`: 2, `""`: 0, `7`: 0, `{"c":1}`: 0, `[7]`: 0, `null`: 0} {
		if got := audience(jsontext.Value(text)); len(got) != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if audience(nil) != nil {
		t.Error("a missing aud is somebody")
	}
}
