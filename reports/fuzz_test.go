package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

// same compares what two files were read as, field by field. None and empty are
// one, and so are two ways to write a moment.
func same(a, b reflect.Value) bool {
	if a.Type() == reflect.TypeFor[time.Time]() {
		return a.Interface().(time.Time).Equal(b.Interface().(time.Time))
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for _, key := range a.MapKeys() {
			if other := b.MapIndex(key); !other.IsValid() || !same(a.MapIndex(key), other) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	}
	return a.Equal(b)
}

// tokens are those of a JSON text, duplicates among them, however it spells its
// strings.
func tokens(t *testing.T, raw []byte) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var all []json.Token
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		if delim, ok := token.(json.Delim); ok {
			token = map[string]rune{"delim": rune(delim)}
		}
		all = append(all, token)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func FuzzUnmarshal(f *testing.F) {
	whole, err := Marshal(sampleRun())
	if err != nil {
		f.Fatal(err)
	}
	small := sampleRun()
	small.Results, small.Stale = small.Results[:2], nil
	few, err := Marshal(small)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		string(few), "", "{}", "[]", "null", `{"schema":"rogueidp.run/1"}`,
		strings.Replace(string(few), `"seed": 1`, `"seed": null`, 1),
		strings.Replace(string(few), `"provider": []`, `"provider": [{"a":1,"a":"::error::\ud800"}]`, 1),
		strings.Replace(string(few), `"reason": "sub=alice"`, `"reason": "\u001b[2J::error::… (99 octets in all)"`, 1),
		strings.Replace(string(few), "2026-11-23T18:00:00Z", "2026-11-23T18:00:00.123456789+23:59", 1),
	} {
		f.Add([]byte(seed))
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, raw []byte) {
		run, err := Unmarshal(raw)
		if err != nil {
			if !strings.HasPrefix(err.Error(), ":") {
				t.Fatalf("an error without a line: %v", err)
			}
			return
		}
		written, err := Marshal(run)
		if err != nil {
			t.Fatalf("it was read and cannot be written: %v", err)
		}
		again, err := Unmarshal(written)
		if err != nil {
			t.Fatalf("what was written does not read: %v\n%s", err, written)
		}
		for i := range run.Results {
			// Another spelling of the same strings is the same.
			if was, is := tokens(t, run.Results[i].Provider), tokens(t, again.Results[i].Provider); was != is {
				t.Fatalf("the provider's %s became %s", was, is)
			}
		}
		if twice, err := Marshal(again); err != nil || !bytes.Equal(twice, written) {
			t.Fatalf("written once more it is another: %v\n%s\n%s", err, written, twice)
		}
		for i := range run.Results {
			run.Results[i].Provider, again.Results[i].Provider = nil, nil
		}
		if !same(reflect.ValueOf(run), reflect.ValueOf(again)) {
			t.Fatalf("read, written and read again it is another:\n%+v\n%+v", run, again)
		}
		var b bytes.Buffer
		if err := Print(&b, run, TerminalOptions{}); err != nil {
			t.Fatal(err)
		}
		harmless(t, b.String())
		if err := WriteMarkdown(io.Discard, run); err != nil {
			t.Fatal(err)
		}
		if err := WriteJUnit(io.Discard, run); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzUnmarshalDrills(f *testing.F) {
	one := sampleDrills()
	one.Drills = one.Drills[:1]
	good, err := MarshalDrills(one)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		string(good), "", "{}", "[]", "null", `{"schema":"rogueidp.drill/1"}`,
		strings.Replace(string(good), `"for": "24h0m0s"`, `"for": "0s"`, 1),
		strings.Replace(string(good), `"for": "24h0m0s"`, `"for": "-2562047h47m16.854775808s"`, 1),
		strings.Replace(string(good), `"for": "24h0m0s"`, `"for": "2562047h47m16.854775807s"`, 1),
		strings.Replace(string(good), `"amber-otter-41"`, `"\u001b]0;x\u0007</text>"`, 1),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := UnmarshalDrills(raw)
		if err != nil {
			if !strings.HasPrefix(err.Error(), ":") {
				t.Fatalf("an error without a line: %v", err)
			}
			return
		}
		written, err := MarshalDrills(d)
		if err != nil {
			t.Fatalf("it was read and cannot be written: %v", err)
		}
		again, err := UnmarshalDrills(written)
		if err != nil {
			t.Fatalf("what was written does not read: %v\n%s", err, written)
		}
		if !same(reflect.ValueOf(d), reflect.ValueOf(again)) {
			t.Fatalf("read, written and read again it is another:\n%+v\n%+v", d, again)
		}
		var b bytes.Buffer
		if err := PrintDrills(&b, d, TerminalOptions{}); err != nil {
			t.Fatal(err)
		}
		harmless(t, b.String())
		if err := DrillsMarkdown(io.Discard, d); err != nil {
			t.Fatal(err)
		}
		for _, drill := range d.Drills {
			if err := WriteTimeline(io.Discard, drill); err != nil {
				t.Fatal(err)
			}
		}
	})
}
