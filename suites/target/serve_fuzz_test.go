package target

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
	"testing"
)

// FuzzServe: whatever is sent to an adapter of this process, each line that it
// answers is JSON with a seq.
func FuzzServe(f *testing.F) {
	f.Add([]byte(`{"seq":1,"cmd":"hello","protocol":1}` + "\n" + `{"seq":2,"cmd":"stop"}`))
	f.Add([]byte(`{"seq":6,"cmd":"verify-jws","jwk":{"kty":"oct","k":"AA"},"alg":"HS256","token":"a.b.c"}`))
	f.Add([]byte(`{"seq":3,"cmd":"verify","session":"s","token":"x"}` + "\n" + `{"seq":3,"cmd":"clock","now":"x"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		if bytes.Contains(in, []byte("tokenFile")) {
			t.Skip("it would read a file")
		}
		reference, err := openGo("reference", Options{})
		if err != nil {
			t.Fatal(err)
		}
		var out answers
		if err := Serve(t.Context(), reference, bytes.NewReader(in), &out); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		for line := range bytes.Lines(out.all()) {
			var answer struct {
				Seq *int `json:"seq"`
			}
			if err := json.Unmarshal(line, &answer); err != nil || answer.Seq == nil {
				t.Errorf("%q is no answer: %v", line, err)
			}
		}
	})
}

// answers is what was said. Who is cut off in the middle may still be speaking.
type answers struct {
	mu   sync.Mutex
	text []byte
}

func (h *answers) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.text = append(h.text, b...)
	return len(b), nil
}

func (h *answers) all() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return bytes.Clone(h.text)
}
