package fault

import (
	"encoding/json"
	"strings"
)

// SetAnswer gives a parameter of an authorization response, or a member of
// another endpoint's JSON answer, another value, or adds it. In a redirect a
// string stands as it is, and anything else as JSON.
type SetAnswer struct {
	Endpoint string `json:"endpoint" words:"flow-endpoints"`
	Name     string `json:"name"`
	Value    JSON   `json:"value"`
}

func (SetAnswer) Fault() string         { return "answer.set" }
func (f SetAnswer) at() string          { return f.Endpoint }
func (f SetAnswer) Answering(a *Answer) { onlyAt(f.Endpoint, a, func() { a.Set(f.Name, f.Value) }) }

// DropAnswer leaves a parameter or a member out.
type DropAnswer struct {
	Endpoint string `json:"endpoint" words:"flow-endpoints"`
	Name     string `json:"name"`
}

func (DropAnswer) Fault() string         { return "answer.drop" }
func (f DropAnswer) at() string          { return f.Endpoint }
func (f DropAnswer) Answering(a *Answer) { onlyAt(f.Endpoint, a, func() { a.Drop(f.Name) }) }

// SetAnswerLength gives a parameter or a member a string of this many letters
// (CWE-770).
type SetAnswerLength struct {
	Endpoint string `json:"endpoint" words:"flow-endpoints"`
	Name     string `json:"name"`
	Length   int    `json:"length"`
}

func (SetAnswerLength) Fault() string { return "answer.set-length" }
func (f SetAnswerLength) at() string  { return f.Endpoint }
func (f SetAnswerLength) Answering(a *Answer) {
	onlyAt(f.Endpoint, a, func() { a.Set(f.Name, Text(strings.Repeat("s", max(0, f.Length)))) })
}

// RepeatAnswer writes a parameter or a member twice, the second value right
// before the honest one or right after.
type RepeatAnswer struct {
	Endpoint string `json:"endpoint" words:"flow-endpoints"`
	Name     string `json:"name"`
	Value    JSON   `json:"value"`
	First    bool   `json:"first,omitempty"`
}

func (RepeatAnswer) Fault() string { return "answer.repeat" }
func (f RepeatAnswer) at() string  { return f.Endpoint }
func (f RepeatAnswer) Answering(a *Answer) {
	onlyAt(f.Endpoint, a, func() { a.Repeat(f.Name, f.Value, f.First) })
}

// RespellAnswer writes a string of an answer so that a careless comparison
// still calls it equal.
type RespellAnswer struct {
	Endpoint string `json:"endpoint" words:"flow-endpoints"`
	Name     string `json:"name"`
	How      string `json:"how" words:"respellings"`
}

func (RespellAnswer) Fault() string { return "answer.respell" }
func (f RespellAnswer) at() string  { return f.Endpoint }
func (f RespellAnswer) Answering(a *Answer) {
	onlyAt(f.Endpoint, a, func() {
		value, _ := a.Get(f.Name)
		var text string
		if json.Unmarshal([]byte(value), &text) == nil {
			a.Set(f.Name, Text(Respell(text, f.How)))
		}
	})
}

// SetAnswerName writes a parameter or a member under another name, its value
// untouched, as a case-folding reader would not notice.
type SetAnswerName struct {
	Endpoint string `json:"endpoint" words:"flow-endpoints"`
	Name     string `json:"name"`
	To       string `json:"to"`
}

func (SetAnswerName) Fault() string { return "answer.set-name" }
func (f SetAnswerName) at() string  { return f.Endpoint }
func (f SetAnswerName) Answering(a *Answer) {
	onlyAt(f.Endpoint, a, func() { a.Rename(f.Name, f.To) })
}

// AnswerError answers as a server does that refuses (RFC 6749, 4.1.2.1 and
// 5.2): an error in place of everything but state and iss.
type AnswerError struct {
	Endpoint    string `json:"endpoint" words:"flow-endpoints"`
	Code        string `json:"code"`
	Description string `json:"description,omitempty"`
	// Beside leaves what would have been answered without the error.
	Beside bool `json:"beside,omitempty"`
}

func (AnswerError) Fault() string { return "answer.error" }
func (f AnswerError) at() string  { return f.Endpoint }
func (f AnswerError) Answering(a *Answer) {
	onlyAt(f.Endpoint, a, func() {
		kept := Object{{Name: "error", Value: Text(f.Code)}}
		if f.Description != "" {
			kept = append(kept, Member{Name: "error_description", Value: Text(f.Description)})
		}
		for _, m := range a.Object {
			if f.Beside || m.Name == "state" || m.Name == "iss" {
				kept = append(kept, m)
			}
		}
		a.Object, a.Failed = kept, !f.Beside
	})
}

// AnswerIn returns an authorization response in another mode than the one that
// was asked for.
type AnswerIn struct {
	Mode string `json:"mode" words:"response-modes"`
}

func (AnswerIn) Fault() string { return "answer.in" }
func (AnswerIn) at() string    { return "authorization" }
func (f AnswerIn) Answering(a *Answer) {
	onlyAt("authorization", a, func() { a.Mode = f.Mode })
}

// ResponseModes are the ways in which an authorization response travels.
func ResponseModes() []string { return []string{"query", "fragment", "form_post"} }

func onlyAt(endpoint string, a *Answer, do func()) {
	if a.Endpoint == endpoint {
		do()
	}
}
