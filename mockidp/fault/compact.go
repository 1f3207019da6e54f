package fault

import "strings"

// TruncateSegments keeps only the first segments of the token, and the full
// stops between them. Where it keeps none, the token is empty.
type TruncateSegments struct {
	Keep int `json:"keep"`
}

func (TruncateSegments) Fault() string { return "token.truncate-segments" }
func (f TruncateSegments) Compacting(c *Compact) {
	if c.Cut = f.Keep; f.Keep <= 0 {
		c.Cut = -1
	}
}

// SetPrefix puts text before the finished token.
type SetPrefix struct {
	Text string `json:"text"`
}

func (SetPrefix) Fault() string           { return "token.set-prefix" }
func (f SetPrefix) Compacting(c *Compact) { c.Prefix = f.Text + c.Prefix }

// SetSuffix appends text to the finished token.
type SetSuffix struct {
	Text string `json:"text"`
}

func (SetSuffix) Fault() string           { return "token.set-suffix" }
func (f SetSuffix) Compacting(c *Compact) { c.Suffix += f.Text }

// SetText sends text, repeated, in place of a token.
type SetText struct {
	Text  string `json:"text"`
	Times int    `json:"times,omitempty"`
	After string `json:"after,omitempty"` // stands before the repeated text
}

func (SetText) Fault() string { return "token.set-text" }
func (f SetText) Compacting(c *Compact) {
	c.Text = f.After + strings.Repeat(f.Text, max(1, f.Times))
}

// SetSerialization puts the parts together as a JSON serialization of JWS
// (RFC 7515 section 7.2) or as a text that is two things at once
// (CVE-2022-39227).
type SetSerialization struct {
	Form string `json:"form" words:"forms"`
}

func (SetSerialization) Fault() string           { return "token.set-serialization" }
func (f SetSerialization) Compacting(c *Compact) { c.Form = f.Form }

// SetClaimAfterSigning changes a claim when the signature is already made.
type SetClaimAfterSigning struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
}

func (SetClaimAfterSigning) Fault() string { return "token.set-claim-after-signing" }
func (f SetClaimAfterSigning) Compacting(c *Compact) {
	c.Payload = rewrite(c.Payload, f.Name, f.Value)
}

// SetHeaderAfterSigning changes a header parameter when the signature is
// already made.
type SetHeaderAfterSigning struct {
	Name  string `json:"name"`
	Value JSON   `json:"value"`
}

func (SetHeaderAfterSigning) Fault() string { return "token.set-header-after-signing" }
func (f SetHeaderAfterSigning) Compacting(c *Compact) {
	c.Header = rewrite(c.Header, f.Name, f.Value)
}

// DropPayload empties the payload segment, as if the content were detached
// (RFC 7515 appendix F).
type DropPayload struct{}

func (DropPayload) Fault() string           { return "token.drop-payload" }
func (f DropPayload) Compacting(c *Compact) { c.Payload = "" }

// EmptyHeader empties the header segment of the finished token.
type EmptyHeader struct{}

func (EmptyHeader) Fault() string           { return "token.empty-header" }
func (f EmptyHeader) Compacting(c *Compact) { c.Header = "" }
