package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestWriteAndRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	run := sampleRun()
	for range 2 { // the second time it replaces
		if err := Write(dir, run); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "junit.xml run.json summary.md" {
		t.Errorf("the folder holds %s", got)
	}
	for _, path := range []string{dir, filepath.Join(dir, RunFile)} {
		again, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(again, run) {
			t.Errorf("read %+v, want %+v", again, run)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, RunFile))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "run.json", string(text))
}

func TestMarshalChangesNothing(t *testing.T) {
	run := Run{Targets: []Target{{Name: "a"}}, Results: []Result{{Target: "a", Outcome: Pass}}}
	raw, err := Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	if run.Schema != "" || run.Targets[0].Counts != nil || run.Results[0].Cites != nil || run.Results[0].Provider != nil {
		t.Errorf("the run was changed: %+v", run)
	}
	if bytes.Contains(raw, []byte("null")) {
		t.Errorf("null is in %s", raw)
	}
	if _, err := Unmarshal(raw); err != nil {
		t.Error(err)
	}
	run.Results[0].Provider = json.RawMessage(`[{]`)
	if _, err := Marshal(run); err == nil || !strings.Contains(err.Error(), "not JSON") {
		t.Errorf("got %v", err)
	}
}

func TestMarshalStandsInHTML(t *testing.T) {
	run := sampleRun()
	run.Results[0].Title = "</script>::error::\u202e\u009b31m\U000e0001 ##vso[x] & \xff"
	run.Results[0].Provider = json.RawMessage(`[{"a":"</script>::error::` + "\u202e\U000e0001" + `"}]`)
	raw, err := Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	harmless(t, string(raw))
	for _, c := range []string{"<", ">", "&"} {
		if bytes.Contains(raw, []byte(c)) {
			t.Errorf("%q is in run.json", c)
		}
	}
	again, err := Unmarshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := again.Results[0].Title, strings.ToValidUTF8(run.Results[0].Title, "\ufffd"); got != want {
		t.Errorf("read back as %q, want %q", got, want)
	}
	var provider []map[string]string
	if err := json.Unmarshal(again.Results[0].Provider, &provider); err != nil || provider[0]["a"] != "</script>::error::\u202e\U000e0001" {
		t.Errorf("the provider came back as %s, %v", again.Results[0].Provider, err)
	}
}

func TestWriteSaysWhy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reports")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "deeper")} {
		if err := Writable(dir); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("got %v", err)
		}
		err := Write(dir, sampleRun())
		if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "name another folder") {
			t.Errorf("got %v", err)
		}
	}
	locked := t.TempDir()
	if err := os.Chmod(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	err := Write(locked, sampleRun())
	if os.Geteuid() == 0 {
		t.Skip("root may write anywhere")
	}
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "make it writable") {
		t.Errorf("got %v", err)
	}
}
