package mockidp

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// How much is kept of the requests of the login endpoints: how many, and how many
// octets of one value, and of query, form and header each.
const (
	maxRequests = 2048
	maxValue    = 8 << 10
	maxKept     = 24 << 10
)

// A requestLog keeps the last requests. Whoever uses it holds a lock.
type requestLog struct{ kept []*FlowRequest }

func (l *requestLog) add(r *FlowRequest) {
	if len(l.kept) >= maxRequests {
		l.kept = append([]*FlowRequest(nil), l.kept[1:]...)
	}
	l.kept = append(l.kept, r)
}

// copies are what others may keep and change.
func (l *requestLog) copies() []FlowRequest {
	list := make([]FlowRequest, len(l.kept))
	for i, r := range l.kept {
		list[i] = *r
		list[i].Query, list[i].Form, list[i].Header = maps.Clone(r.Query), maps.Clone(r.Form), r.Header.Clone()
	}
	return list
}

// note keeps a request before it is answered.
func (l *ledger) note(q *asking, endpoint string) *FlowRequest {
	r := &FlowRequest{
		Time: q.now, Endpoint: endpoint, Method: q.Method,
		Query: clipped(q.query), Form: clipped(q.form), Header: http.Header(clipped(url.Values(q.Header))),
	}
	if len(q.form) == 0 {
		r.Body = clip(string(q.body))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests.add(r)
	return r
}

// settle notes with which status a request is answered.
func (l *ledger) settle(r *FlowRequest, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.Status = status
}

// clipped copies values, and no more of them than evidence needs.
func clipped(from url.Values) url.Values {
	to, room := url.Values{}, maxKept
	for _, name := range slices.Sorted(maps.Keys(from)) {
		for _, value := range from[name] {
			name, value := clip(name), clip(value)
			if room -= len(name) + len(value); room < 0 {
				return to
			}
			to[name] = append(to[name], value)
		}
	}
	return to
}

func clip(text string) string {
	// A copy: else the whole request would stay for the sake of its part.
	return strings.Clone(text[:min(len(text), maxValue)])
}
