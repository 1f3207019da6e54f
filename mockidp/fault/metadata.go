package fault

import "encoding/json"

// SetMetadata gives a member of the discovery document another value, or adds
// it.
type SetMetadata struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
}

func (SetMetadata) Fault() string            { return "metadata.set" }
func (f SetMetadata) Describing(m *Metadata) { m.Set(f.Name, f.Value) }

// DropMetadata leaves a member of the discovery document out.
type DropMetadata struct {
	Name string `json:"name"`
}

func (DropMetadata) Fault() string            { return "metadata.drop" }
func (f DropMetadata) Describing(m *Metadata) { m.Drop(f.Name) }

// RepeatMetadata writes a member of the discovery document twice, the second
// value right before the honest one or right after.
type RepeatMetadata struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
	First bool   `json:"first,omitempty"`
}

func (RepeatMetadata) Fault() string            { return "metadata.repeat" }
func (f RepeatMetadata) Describing(m *Metadata) { m.Repeat(f.Name, f.Value, f.First) }

// RespellMetadata writes a string of the discovery document so that a careless
// comparison still calls it equal: by case, slash, port or URL normalisation.
type RespellMetadata struct {
	Name string `json:"name"`
	How  string `json:"how" words:"respellings"`
}

func (RespellMetadata) Fault() string { return "metadata.respell" }
func (f RespellMetadata) Describing(m *Metadata) {
	value, _ := m.Get(f.Name)
	var text string
	if json.Unmarshal([]byte(value), &text) == nil {
		m.Set(f.Name, Text(Respell(text, f.How)))
	}
}

// MoveKeySet serves the key set under a random path of the issuer and names it
// in jwks_uri; where it was before, nothing is left.
type MoveKeySet struct{}

func (MoveKeySet) Fault() string            { return "metadata.move-key-set" }
func (f MoveKeySet) Describing(m *Metadata) { m.Moved = true }

// SetMetadataDepth adds a member to the discovery document that nests arrays
// this deep (CWE-674).
type SetMetadataDepth struct {
	Depth int `json:"depth"`
}

func (SetMetadataDepth) Fault() string            { return "metadata.set-depth" }
func (f SetMetadataDepth) Describing(m *Metadata) { m.Set("x", nest("array", f.Depth)) }
