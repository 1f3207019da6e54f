package mockidp

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// address is where a document lies, without its detours.
func (t *Tenant) address(endpoint string) string {
	if endpoint == Discovery {
		return strings.TrimSuffix(t.issuer, "/") + "/.well-known/openid-configuration"
	}
	return t.JWKSURI()
}

// placeOf is which place of a document a request asks for. Only redirects lead
// to another one than 0.
func placeOf(r *http.Request) int {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return 0
	}
	place, err := strconv.Atoi(values.Get(fault.PlaceParameter))
	if err != nil {
		return 0
	}
	return max(0, place)
}

// send writes a reply as the faults left it; lies ends when they fall. It tells
// whether the answer is whole: if it is not, the connection has to be broken
// off.
func (t *Tenant) send(ctx, lies context.Context, w http.ResponseWriter, reply fault.Reply) (answered, bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.over, cancel)()
	if reply.Hold != 0 {
		if err := hold(ctx, reply.Hold); err != nil {
			return answered{gone: true}, false
		}
	}
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	a := answered{status: reply.Status}
	a.hash, a.body = excerpt(reply.Body)
	if reply.Filling != "" || reply.Every > 0 {
		defer context.AfterFunc(lies, cancel)()
		return t.sendOddly(ctx, w, reply, a)
	}
	if !bodied(reply.Status) {
		w.WriteHeader(reply.Status)
		return a, true
	}
	body := reply.Body
	if reply.Cut > 0 || reply.Reset {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:min(reply.Cut, len(body))]
	}
	var out io.Writer = w
	if reply.Gzip {
		w.Header().Set("Content-Encoding", "gzip")
		z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			return a, false
		}
		defer z.Close()
		out = z
	}
	w.WriteHeader(reply.Status)
	var err error
	if missing := reply.Pad - int64(len(body)); missing > 0 && len(body) > 0 {
		a.length, err = padded(out, body, missing)
	} else {
		var n int
		n, err = out.Write(body)
		a.length = int64(n)
	}
	if f, ok := w.(http.Flusher); ok && (reply.Cut > 0 || reply.Reset) {
		f.Flush()
	}
	a.gone = err != nil || ctx.Err() != nil
	return a, reply.Cut <= 0 && !reply.Reset
}

// bodied tells whether HTTP allows a body with a status (RFC 9110 sections
// 15.2, 15.3.5 and 15.4.5).
func bodied(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// hold waits for a time, for ever when it is negative, or until the client is
// gone.
func hold(ctx context.Context, d time.Duration) error {
	if d < 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// padded writes white space behind the first octet of a JSON text.
func padded(w io.Writer, body []byte, missing int64) (int64, error) {
	n, err := w.Write(body[:1])
	sent := int64(n)
	blank := []byte(strings.Repeat(" ", 64<<10))
	for missing > 0 && err == nil {
		n, err = w.Write(blank[:min(missing, int64(len(blank)))])
		sent, missing = sent+int64(n), missing-int64(n)
	}
	if err != nil {
		return sent, err
	}
	n, err = w.Write(body[1:])
	return sent + int64(n), err
}
