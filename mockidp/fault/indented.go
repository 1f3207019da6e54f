package fault

import (
	"bytes"
	"encoding/json"
)

// Indented is a value as a JSON text for people: indented by two spaces, ended by
// a line break, and with no letter escaped that need not be.
func Indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}
