package target

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPaddingIsAsLongAsItSays(t *testing.T) {
	for _, size := range []int{0, 1, 63, 64, 65, 100_000} {
		line, err := request{Seq: 7, Cmd: "noop", pad: size}.line()
		if err != nil {
			t.Fatal(err)
		}
		var read struct {
			Seq      int
			Cmd, Pad string
		}
		if err := json.Unmarshal(line, &read); err != nil {
			t.Fatalf("%v in %.100s", err, line)
		}
		if read.Seq != 7 || read.Cmd != "noop" || read.Pad != strings.Repeat("p", size) {
			t.Errorf("%d octets of padding became %d in %.100s", size, len(read.Pad), line)
		}
	}
}

func TestReadText(t *testing.T) {
	name := filepath.Join(t.TempDir(), "token")
	want := strings.Repeat("eyJ\xff", 50_000)
	if err := os.WriteFile(name, []byte(want), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := readText(name); err != nil || got != want {
		t.Errorf("%d octets, %v", len(got), err)
	}
	if _, err := readText(name + "-missing"); err == nil {
		t.Error("a file that is not there was read")
	}
}
