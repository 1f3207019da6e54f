package fault

import "net/http"

// AnswerStatus answers an endpoint with a status and a short error body.
type AnswerStatus struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Status   int    `json:"status"`
}

func (AnswerStatus) Fault() string { return "reply.answer-status" }
func (f AnswerStatus) at() string  { return f.Endpoint }
func (f AnswerStatus) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Status, r.Body = f.Status, []byte(http.StatusText(f.Status)+"\n")
		r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	}
}

// SetReplyStatus changes the status of an answer and leaves its body as it is,
// but for a status that allows none, such as 204 and 304.
type SetReplyStatus struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Status   int    `json:"status"`
}

func (SetReplyStatus) Fault() string { return "reply.set-status" }
func (f SetReplyStatus) at() string  { return f.Endpoint }
func (f SetReplyStatus) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Status = f.Status
	}
}

// AnswerBody answers an endpoint with 200 and another body, such as the HTML
// page of a proxy.
type AnswerBody struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Type     string `json:"type"`
	Body     string `json:"body"`
}

func (AnswerBody) Fault() string { return "reply.answer-body" }
func (f AnswerBody) at() string  { return f.Endpoint }
func (f AnswerBody) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Status, r.Body = http.StatusOK, []byte(f.Body)
		r.Header.Set("Content-Type", f.Type)
	}
}

// RedirectTo answers an endpoint with a redirect to another place.
type RedirectTo struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	To       string `json:"to"`
	Status   int    `json:"status,omitempty"` // 302 when zero
}

func (RedirectTo) Fault() string { return "reply.redirect-to" }
func (f RedirectTo) at() string  { return f.Endpoint }
func (f RedirectTo) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.redirect(f.To, f.Status)
	}
}

// SetReplySize pads the body of an endpoint with white space behind its first
// brace until it has this many octets; the good document stands at the end.
type SetReplySize struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Bytes    int64  `json:"bytes"`
}

func (SetReplySize) Fault() string { return "reply.set-size" }
func (f SetReplySize) at() string  { return f.Endpoint }
func (f SetReplySize) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.Pad = f.Bytes
	}
}

// StallReply holds the answer of an endpoint back for a time, or until the client
// gives up where For is zero.
type StallReply struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	For      Span   `json:"for,omitempty"`
}

func (StallReply) Fault() string { return "reply.stall" }
func (f StallReply) at() string  { return f.Endpoint }
func (f StallReply) Replying(r *Reply) {
	if r.Endpoint != f.Endpoint {
		return
	}
	r.Hold = -1
	if d, err := f.For.Duration(); err == nil && d > 0 {
		r.Hold = d
	}
}

// TruncateReply breaks the connection after this many octets of the body, or
// this many before its end when negative. Whole ends the answer there as if
// nothing were missing.
type TruncateReply struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Keep     int    `json:"keep"`
	Whole    bool   `json:"whole,omitempty"`
}

func (TruncateReply) Fault() string { return "reply.truncate" }
func (f TruncateReply) at() string  { return f.Endpoint }
func (f TruncateReply) Replying(r *Reply) {
	if r.Endpoint != f.Endpoint {
		return
	}
	keep := f.Keep
	if keep < 0 {
		keep = max(0, len(r.Body)+keep)
	}
	if f.Whole {
		r.Body = r.Body[:min(keep, len(r.Body))]
		return
	}
	r.Cut = keep
}
