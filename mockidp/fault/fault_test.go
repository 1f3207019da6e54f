package fault

import (
	"crypto"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// draw fills a fault of the type with random fields that are allowed.
func draw(t *rapid.T, f Fault, depth int) Fault {
	v := reflect.New(reflect.TypeOf(f)).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		words := field.Tag.Get("words")
		switch v.Field(i).Interface().(type) {
		case JSON:
			v.Field(i).SetString(string(rapid.SampledFrom([]JSON{`null`, `1`, `"x"`, `[]`, `{"a":[1,"\u0000"]}`, `"ſ & <"`}).Draw(t, "json")))
		case Span:
			v.Field(i).SetString(rapid.SampledFrom([]string{"-6m", "{cooldown}+5s", "1h-{leeway}"}).Draw(t, "span"))
		case List:
			v.Field(i).SetString(string(ListOf(rapid.SliceOfN(rapid.SampledFrom(closedLists[words]()), 1, 3).Draw(t, "words")...)))
		case Some:
			if depth > 2 {
				v.Field(i).Set(reflect.ValueOf(Some{SignWith{Alg: "none"}}))
				continue
			}
			inner := rapid.SampledFrom(registered).Draw(t, "inner")
			v.Field(i).Set(reflect.ValueOf(Some{draw(t, inner, depth+1)}))
		case string:
			if words != "" {
				v.Field(i).SetString(rapid.SampledFrom(closedLists[words]()).Draw(t, "word"))
				continue
			}
			v.Field(i).SetString(rapid.StringMatching(`[a-zA-Z"\\/\n.é=-]{0,12}`).Draw(t, "text"))
		case bool:
			v.Field(i).SetBool(rapid.Bool().Draw(t, "bool"))
		case float64:
			v.Field(i).SetFloat(rapid.Float64Range(0, 1).Draw(t, "p"))
		default:
			least, most := int64(-3), int64(1<<20)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if b, bounded := bounds[name]; bounded {
				least, most = b.least, b.most
			}
			v.Field(i).SetInt(rapid.Int64Range(least, most).Draw(t, "int"))
		}
	}
	return v.Interface().(Fault)
}

func TestFaultsSurviveJSON(t *testing.T) {
	for _, f := range registered {
		t.Run(f.Fault(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				want := draw(t, f, 0)
				raw, err := Marshal([]Fault{want})
				if err != nil {
					t.Fatal(err)
				}
				got, err := Parse(raw)
				if err != nil {
					t.Fatalf("%s: %v", raw, err)
				}
				if len(got) != 1 || got[0] != want {
					t.Fatalf("%#v came back from %s as %#v", want, raw, got)
				}
			})
		})
	}
}

func TestEveryFaultActsAtOneSeam(t *testing.T) {
	interfaces := []reflect.Type{
		reflect.TypeFor[ClaimsFault](), reflect.TypeFor[HeaderFault](), reflect.TypeFor[SignatureFault](),
		reflect.TypeFor[CompactFault](), reflect.TypeFor[MetadataFault](), reflect.TypeFor[KeySetFault](),
		reflect.TypeFor[ReplyFault](), reflect.TypeFor[ConnectionFault](), reflect.TypeFor[LoginFault](),
		reflect.TypeFor[occasional](),
	}
	for _, f := range registered {
		seams := 0
		for _, i := range interfaces {
			if reflect.TypeOf(f).Implements(i) {
				seams++
			}
		}
		if seams != 1 {
			t.Errorf("%s acts at %d seams", f.Fault(), seams)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`[{"token.sign-wiht":{"alg":"none"}}]`, `did you mean "token.sign-with"?`},
		{`[{"token.sign-with":{"algo":"none"}}]`, `has no field "algo"; did you mean "alg"?`},
		{`[{"token.sign-with":{"Alg":"none"}}]`, `has no field "Alg"; did you mean "alg"?`},
		{`[{"token.sign-with":{}}]`, `field "alg" is missing`},
		{`[{"token.sign-with":{"alg":"none","alg":"HS256"}}]`, `field "alg" is given twice`},
		{`[{"token.sign-with":{"alg":1}}]`, `field "alg" wants a string, not a number`},
		{`[{"token.sign-with":{"alg":"none"},"first":{}}]`, `one member`},
		{`[{"token.sign-unencoded":{"x":1}}]`, `has no fields`},
		{`[{"token.sign-as":{"key":"atacker"}}]`, `did you mean "attacker"?`},
		{`[{"token.set-time":{"name":"exp","at":"soon"}}]`, `write it like 1m30s`},
		{`[{"token.set-claim-depth":{"name":"x","kind":"array","depth":-1}}]`, `depth: write a number from 0 to 16777216, not -1`},
		{`[{"keyset.publish-many":{"count":1e9,"first":true}}]`, `wants a whole number`},
		{`[{"reply.answer-status":{"endpoint":"keyset","status":0}}]`, `status: write a number from 100 to 999, not 0`},
		{`[{"first":{"n":1,"do":{"token.sign-wit":{"alg":"none"}}}}]`, `did you mean "token.sign-with"?`},
		{`["token.sign-with"]`, `a fault is an object with one member`},
		{`nonsense`, `faults are a JSON array`},
		{`null`, `faults are a JSON array`},
		{`[null]`, `a fault is an object with one member`},
		{`[{"token.sign-with":{"alg":null}}]`, `field "alg" is null`},
		{``, `faults are a JSON array`},
	} {
		_, err := Parse([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%s): %v, want it to say %q", c.text, err, c.want)
		}
	}
}

func TestParseWords(t *testing.T) {
	for text, want := range map[string]Fault{
		`token.sign-with alg=none`:                          SignWith{Alg: "none"},
		`token.set-claim name=aud value=["rp-1",7]`:         SetClaim{Name: "aud", Value: `["rp-1",7]`},
		`token.set-claim name=sub value=mallory`:            SetClaim{Name: "sub", Value: `"mallory"`},
		`token.set-suffix text=1`:                           SetSuffix{Text: "1"},
		`token.truncate-segments keep=2`:                    TruncateSegments{Keep: 2},
		`{"token.drop-claim":{"name":"exp"}}`:               DropClaim{Name: "exp"},
		`token.set-time name=exp at=-{leeway}-1m as=string`: SetTime{Name: "exp", At: "-{leeway}-1m", As: "string"},
	} {
		got, err := ParseWords(text)
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("ParseWords(%s) = %#v, %v", text, got, err)
		}
	}
	for _, text := range []string{"token.sign-wth alg=none", "token.sign-with none", "token.sign-with alg=none alg=x", ""} {
		if got, err := ParseWords(text); err == nil {
			t.Errorf("ParseWords(%s) = %v", text, got)
		}
	}
}

func TestExpand(t *testing.T) {
	facts := func(name string) (string, bool) {
		v, ok := map[string]string{"issuer": `https://a.test/"q"`, "leeway": "5m0s", "canary.http": "http://c"}[name]
		return v, ok
	}
	got, err := Expand(SetClaim{Name: "iss", Value: Text("{issuer}1 {{tenantid}}")}, facts)
	if want := (SetClaim{Name: "iss", Value: Text(`https://a.test/"q"1 {tenantid}`)}); err != nil || got != want {
		t.Errorf("got %#v, %v", got, err)
	}
	got, err = Expand(First{1, Some{SetTime{Name: "exp", At: "-{leeway}-1m"}}}, facts)
	if err != nil {
		t.Fatal(err)
	}
	d, err := got.(First).Do.Fault.(SetTime).At.Duration()
	if err != nil || d != -6*time.Minute {
		t.Errorf("%v, %v", d, err)
	}
	for _, f := range []Fault{
		SetSuffix{Text: "{isuer}"}, SetSuffix{Text: "{nonce}"},
	} {
		if got, err := Expand(f, facts); err == nil {
			t.Errorf("%v expanded to %v", f, got)
		}
	}
}

func TestOccasions(t *testing.T) {
	lie := SignWith{Alg: "none"}
	first, after := First{2, Some{lie}}, After{2, Some{lie}}
	for n := range 5 {
		o := Occasion{N: n}
		if acts := On(first, o) != nil; acts != (n < 2) {
			t.Errorf("first 2 on occasion %d: %v", n, acts)
		}
		if acts := On(after, o) != nil; acts != (n >= 2) {
			t.Errorf("after 2 on occasion %d: %v", n, acts)
		}
		if got := On(lie, o); got != lie {
			t.Errorf("a plain fault on occasion %d: %v", n, got)
		}
	}
	second := Every{2, Some{lie}}
	if On(second, Occasion{N: 0}) != lie || On(second, Occasion{N: 1}) != nil || On(second, Occasion{N: 2}) != lie || On(Every{Do: Some{lie}}, Occasion{}) != nil {
		t.Error("every second occasion is not 0, 2, …, or every zeroth is one")
	}
	both := After{1, Some{First{3, Some{lie}}}}
	if On(both, Occasion{N: 0}) != nil || On(both, Occasion{N: 2}) != lie || On(both, Occasion{N: 3}) != nil {
		t.Error("occasions do not nest")
	}
	often := Sometimes{0.25, Some{lie}}
	count := map[int64]int{}
	for seed := range int64(2) {
		for n := range 4000 {
			o := Occasion{Seed: seed, Scenario: "x.y", Endpoint: "keyset", N: n}
			once, again := On(often, o), On(often, o)
			if (once == nil) != (again == nil) {
				t.Fatal("the same occasion fell both ways")
			}
			if once != nil {
				count[seed]++
			}
		}
		if count[seed] < 850 || count[seed] > 1150 {
			t.Errorf("seed %d: a quarter of 4000 fell %d times", seed, count[seed])
		}
	}
	if SeamOf(often) != SeamSignature || EndpointOf(First{1, Some{AnswerStatus{"keyset", 500}}}) != "keyset" {
		t.Error("a fault inside another lost its seam or its endpoint")
	}
}

// issuers that have all that a respelling may want to change
const respelt = "https://idp.example.test/t/Amber"

func TestRespellings(t *testing.T) {
	seen := map[string]string{}
	for _, how := range Respellings() {
		got := Respell(respelt, how)
		switch how {
		case "lower-case", "drop-slash":
			if Respell(strings.ToUpper(respelt)+"/", how) == strings.ToUpper(respelt)+"/" {
				t.Errorf("%s changes nothing", how)
			}
			continue
		}
		if got == respelt {
			t.Errorf("%s changes nothing", how)
		}
		if other, twice := seen[got]; twice && how != "toggle-slash" {
			t.Errorf("%s and %s both make %s", how, other, got)
		}
		seen[got] = how
	}
	if got := Respell("https://127.0.0.1/t", "upper-host"); got != "https://127.0.0.1/t" {
		t.Errorf("a host in digits has no case: %s", got)
	}
}

func TestPaddings(t *testing.T) {
	digest := sha256.Sum256([]byte("a token"))
	straight, err := Padding("straight", crypto.SHA256, digest[:], 256)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{string(straight): "straight"}
	for _, name := range Paddings() {
		em, err := Padding(name, crypto.SHA256, digest[:], 256)
		if err != nil || len(em) != 256 {
			t.Errorf("%s: %d octets, %v", name, len(em), err)
		}
		if other, twice := seen[string(em)]; twice {
			t.Errorf("%s and %s are the same encoding", name, other)
		}
		seen[string(em)] = name
		for _, h := range []crypto.Hash{crypto.SHA384, crypto.SHA512} {
			if em, err := Padding(name, h, make([]byte, h.Size()), 256); err != nil || len(em) != 256 {
				t.Errorf("%s with %v: %d octets, %v", name, h, len(em), err)
			}
		}
	}
	if n := len(Paddings()); n < 213 {
		t.Errorf("%d paddings, want at least the 213 of the public vectors", n)
	}
	t.Logf("%d paddings", len(Paddings()))
}

func TestSegmentTextIsInsertedWhereItSays(t *testing.T) {
	f := SetSegmentText{In: "payload", At: "middle", Text: "\n"}
	if got := f.EditSegment("payload", "abcdefgh"); got != "abcd\nefgh" {
		t.Errorf("%q", got)
	}
	if got := f.EditSegment("header", "abcdefgh"); got != "abcdefgh" {
		t.Errorf("%q", got)
	}
}

func TestNearest(t *testing.T) {
	for w, want := range map[string]string{
		"keyset.set-key-membr": "keyset.set-key-member",
		"tokensignwith":        "token.sign-with",
		"zzz":                  "",
	} {
		if got := Nearest(w, AllNames()); got != want {
			t.Errorf("Nearest(%s) = %q, want %q", w, got, want)
		}
	}
}

func TestObjects(t *testing.T) {
	o := Object{{"a", "1"}, {"b", "2"}, {"a", "3"}}
	o.Set("a", "4")
	o.Repeat("b", "0", true)
	o.Repeat("b", "9", false)
	o.Set(`q"`, Text("\u2028\x01"))
	if got := string(o.Append(nil)); got != `{"a":4,"b":0,"b":2,"b":9,"q\"":"\u2028\u0001"}` {
		t.Error(got)
	}
	back, ok := ReadObject(o.Append(nil))
	if !ok || fmt.Sprint(back) != fmt.Sprint(o) {
		t.Errorf("%v came back as %v", o, back)
	}
	o.Drop("b")
	if len(o) != 2 || !json.Valid(o.Append(nil)) {
		t.Error(o)
	}
	if v, _ := (Object{{"x", "1"}, {"x", "2"}}).Get("x"); v != "2" {
		t.Error("the last duplicate does not win")
	}
	if !slices.Equal(ListOf("a", "b").Words(), []string{"a", "b"}) {
		t.Error("lists")
	}
}

// What is expanded field by field comes out as what is expanded through JSON.
func TestExpandFlat(t *testing.T) {
	facts := func(name string) (string, bool) { return name + ` "quoted" \\ 5m`, name != "budget" }
	for _, f := range []Fault{
		SetClaim{Name: "iss", Value: `"{issuer}/{random}"`}, SetClaim{Name: "{random}", Value: `{"a":["{kid}"]}`},
		SetHeaderAfterSigning{Name: "kid", Value: `"{random}kkk{{random}}"`}, SetSuffix{Text: "{issuer}{kid}"},
		AnswerStatus{Endpoint: "keyset", Status: 500}, SetClaimsSize{Bytes: 9}, SetClaim{Name: "x", Value: `"{budget}"`},
		SetClaim{Name: "x", Value: `"{isuer}"`}, RedirectTo{Endpoint: "keyset", To: "{canary}/x"},
	} {
		flat, flatErr := expandFlat(f, facts)
		whole, err := expandAny(f, facts)
		if (err == nil) != (flatErr == nil) || err == nil && flat != whole || err != nil && err.Error() != flatErr.Error() {
			t.Errorf("%v: field by field %v (%v), through JSON %v (%v)", f, flat, flatErr, whole, err)
		}
	}
	if flat, err := expandFlat(First{1, Some{SetTime{Name: "exp", At: "{leeway}"}}}, facts); flat != nil || err != nil {
		t.Errorf("a fault with one inside: %v, %v", flat, err)
	}
}
