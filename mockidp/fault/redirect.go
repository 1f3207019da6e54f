package fault

import (
	"net/http"
	"strconv"
	"strings"
)

// RedirectTimes redirects an endpoint from one place of its own host to the
// next, this many times, and then answers. No place comes twice.
type RedirectTimes struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Times    int    `json:"times"`
	Status   int    `json:"status,omitempty"` // 302 when zero
}

func (RedirectTimes) Fault() string { return "reply.redirect-times" }
func (f RedirectTimes) at() string  { return f.Endpoint }
func (f RedirectTimes) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint && r.Place < f.Times {
		r.lead(r.Place+1, f.Status)
	}
}

// RedirectInCircle redirects an endpoint to another place of its own host, and
// that place back again (CWE-835).
type RedirectInCircle struct {
	Endpoint string `json:"endpoint" words:"endpoints"`
	Status   int    `json:"status,omitempty"` // 302 when zero
}

func (RedirectInCircle) Fault() string { return "reply.redirect-in-circle" }
func (f RedirectInCircle) at() string  { return f.Endpoint }
func (f RedirectInCircle) Replying(r *Reply) {
	if r.Endpoint == f.Endpoint {
		r.lead(1-min(r.Place, 1), f.Status)
	}
}

// lead makes the reply a redirect to another place of its document.
func (r *Reply) lead(place, status int) {
	to := r.Address
	if place > 0 {
		mark := "?"
		if strings.Contains(to, mark) {
			mark = "&"
		}
		to += mark + PlaceParameter + "=" + strconv.Itoa(place)
	}
	r.redirect(to, status)
}

// redirect makes the reply a redirect, with 302 where the status is zero.
func (r *Reply) redirect(to string, status int) {
	if status == 0 {
		status = http.StatusFound
	}
	r.Status, r.Body = status, nil
	r.Header.Set("Location", to)
}

// PlaceParameter is the query parameter by which the places of a document are
// told apart.
const PlaceParameter = "place"
