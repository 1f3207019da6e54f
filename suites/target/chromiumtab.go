package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	cdpio "github.com/chromedp/cdproto/io"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// driven is a journey in a tab, driven by what the browser tells of it.
type driven struct {
	*journey
	target *chromedp.Target
	frame  cdp.FrameID
	first  step
	rate   func(context.Context) error
	events chan any
	progress
	looking *look // at a page that keeps still
}

// drive goes on the journey until the page keeps still.
func (d *driven) drive(ctx context.Context, a *agent) error {
	// To a page that is open already, another fragment would be no way at all.
	if _, err := cdp.Call(ctx, d.target, cdppage.Navigate, cdppage.NavigateParams{URL: "about:blank"}); err != nil {
		return err
	}
	if err := chromedp.Listen(ctx, func(ev any) {
		switch ev.(type) {
		case *cdppage.EventJavascriptDialogOpening:
			// Until it is gone, the page answers nothing.
			go func() {
				_, _ = cdp.Call(ctx, d.target, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true})
			}()
		case *fetch.EventRequestPaused, *network.EventRequestWillBeSent, *network.EventLoadingFinished, *network.EventLoadingFailed,
			*cdppage.EventLoadEventFired:
			select {
			case d.events <- ev:
			default: // a page that does so much keeps still for nobody
			}
		}
	}); err != nil {
		return err
	}
	d.under, d.heard = map[string]bool{}, clock()
	if _, err := cdp.Call(ctx, d.target, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, d.target, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{
		{URLPattern: "*", RequestStage: "Request"}, {URLPattern: "*", ResourceType: "Document", RequestStage: "Response"},
	}}); err != nil {
		return err
	}
	if err := d.introduce(ctx, a); err != nil {
		return err
	}
	// It answers once the first page came, which takes that its events are heard.
	d.waiting = true
	go func() {
		_, _ = cdp.Call(ctx, d.target, cdppage.Navigate, cdppage.NavigateParams{URL: d.first.url.String()})
	}()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		var looked chan struct{}
		if d.looking != nil {
			looked = d.looking.done
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case ev := <-d.events:
			d.heard = clock()
			if over, err := d.hear(ctx, ev); over || err != nil {
				return err
			}
		case <-tick.C:
			if d.looking == nil && d.still() {
				d.look(ctx)
			}
		case <-looked:
			if over, err := d.saw(); over || err != nil {
				return err
			}
		}
	}
}

// introduce gives the window the cookies by which providers know its user.
func (d *driven) introduce(ctx context.Context, a *agent) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	yes := true
	for issuer, c := range a.known {
		u, err := url.Parse(issuer)
		if err != nil {
			return err
		}
		set := network.SetCookieParams{Name: c.Name, Value: c.Value, URL: issuer, Path: u.Path, HTTPOnly: &yes}
		if set.Path == "" {
			set.Path = "/"
		}
		if u.Scheme == "https" {
			set.Secure, set.SameSite = &yes, "None"
		}
		if _, err := cdp.Call(ctx, d.target, network.SetCookie, set); err != nil {
			return fmt.Errorf("give the browser the cookie for %s: %w", issuer, err)
		}
	}
	return nil
}

// hear takes in one event, and tells whether the journey is over.
func (d *driven) hear(ctx context.Context, ev any) (bool, error) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if ev.Type != "Document" {
			d.under[string(ev.RequestID)] = true
		}
	case *network.EventLoadingFinished:
		delete(d.under, string(ev.RequestID))
	case *network.EventLoadingFailed:
		delete(d.under, string(ev.RequestID))
	case *cdppage.EventLoadEventFired:
		d.loaded = !d.waiting
	case *fetch.EventRequestPaused:
		answer := ev.ResponseStatusCode != 0 || ev.ResponseErrorReason != ""
		switch page := ev.ResourceType == "Document" && ev.FrameID == d.frame; {
		case page && answer:
			return d.answer(ctx, ev)
		case page:
			return d.ask(ctx, ev)
		case answer, d.welcome(ev.Request.URL):
			return false, d.goOn(ctx, fetch.ContinueRequestParams{RequestID: ev.RequestID})
		}
		return false, d.refuse(ctx, ev)
	}
	return false, nil
}

func (d *driven) goOn(ctx context.Context, p fetch.ContinueRequestParams) error {
	return gone(cdp.Call(ctx, d.target, fetch.ContinueRequest, p))
}

func (d *driven) refuse(ctx context.Context, ev *fetch.EventRequestPaused) error {
	return gone(cdp.Call(ctx, d.target, fetch.FailRequest, fetch.FailRequestParams{RequestID: ev.RequestID, ErrorReason: "Aborted"}))
}

// gone forgives a command about a request that its page has given up.
func gone(_ cdp.Empty, err error) error {
	if err != nil && (strings.Contains(err.Error(), "Invalid InterceptionId") || strings.Contains(err.Error(), "Invalid state")) {
		return nil
	}
	return err
}

// ask decides about the request of a page.
func (d *driven) ask(ctx context.Context, ev *fetch.EventRequestPaused) (bool, error) {
	to, err := url.Parse(ev.Request.URL + ev.Request.URLFragment)
	if err != nil {
		return true, d.refuse(ctx, ev)
	}
	s := step{method: ev.Request.Method, url: to, form: posted(ev.Request), from: d.document}
	p := fetch.ContinueRequestParams{RequestID: ev.RequestID}
	if d.document == nil {
		s = d.first
		p = overridden(p, s, ev.Request)
	} else {
		d.hops = append(d.hops, d.document.String())
	}
	if !d.may(s) {
		return true, d.refuse(ctx, ev)
	}
	d.document, d.waiting, d.loaded, d.stirred, d.raw = s.url, true, false, false, nil
	if d.looking != nil {
		d.looking.end()
		d.looking = nil
	}
	if d.rate != nil && d.issuer(s.url) < 0 {
		if err := d.rate(ctx); err != nil {
			return true, err
		}
	}
	return false, d.goOn(ctx, p)
}

// posted is the form that a request carries.
func posted(r *network.Request) url.Values {
	var body []byte
	for _, part := range r.PostDataEntries {
		body = append(body, part.Bytes...)
	}
	if len(body) == 0 {
		return nil
	}
	if form, err := url.ParseQuery(string(body)); err == nil {
		return form
	}
	return nil
}

// overridden makes the first request what the errand wants.
func overridden(p fetch.ContinueRequestParams, s step, r *network.Request) fetch.ContinueRequestParams {
	if s.method == http.MethodGet && s.form == nil && len(s.header) == 0 {
		return p
	}
	p.Method = s.method
	if s.form != nil {
		p.PostData = []byte(s.form.Encode())
	}
	given := http.Header{}
	for name, value := range r.Headers {
		given.Set(name, fmt.Sprint(value))
	}
	header := s.headers(given)
	for name, values := range header {
		p.Headers = append(p.Headers, &fetch.HeaderEntry{Name: name, Value: strings.Join(values, ", ")})
	}
	return p
}

// answer takes in the answer of a page. What is not sent on by its header is
// read here, so that the browser gets no more of it than we do.
func (d *driven) answer(ctx context.Context, ev *fetch.EventRequestPaused) (bool, error) {
	if ev.ResponseErrorReason != "" {
		why := "the browser says " + string(ev.ResponseErrorReason)
		if d.issuer(d.document) >= 0 {
			d.end(silent, d.document, "the provider did not answer: "+why)
			return true, nil
		}
		return true, &Crashed{How: why, InFlight: 1}
	}
	header := http.Header{}
	for _, h := range ev.ResponseHeaders {
		header.Add(h.Name, h.Value)
	}
	status := int(ev.ResponseStatusCode)
	if to := header.Get("Location"); to != "" && status >= 300 && status < 400 {
		return d.redirected(ctx, ev, to)
	}
	body, err := d.body(ctx, ev)
	if err != nil {
		return true, err
	}
	if err := brokenOff(header, body); err != nil {
		return true, err
	}
	d.raw, d.waiting, d.told = body, false, clock()
	d.last = answered{url: d.document, status: status, header: header, body: body}
	p := fetch.FulfillRequestParams{RequestID: ev.RequestID, ResponseCode: ev.ResponseStatusCode, ResponsePhrase: ev.ResponseStatusText, Body: body}
	if len(body) == 0 {
		p.Body = []byte("\n") // without one, the browser would show a page of its own
	}
	for _, h := range ev.ResponseHeaders {
		switch strings.ToLower(h.Name) {
		case "content-length", "content-encoding", "transfer-encoding", "set-cookie":
		default:
			p.ResponseHeaders = append(p.ResponseHeaders, h)
		}
	}
	return false, gone(cdp.Call(ctx, d.target, fetch.FulfillRequest, p))
}

// redirected looks where a redirect leads, as far as the browser would not say.
func (d *driven) redirected(ctx context.Context, ev *fetch.EventRequestPaused, location string) (bool, error) {
	to, err := d.document.Parse(location)
	if err != nil {
		to = unreadable(location)
	}
	if to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		d.hops = append(d.hops, d.document.String())
		d.may(step{method: http.MethodGet, url: to, from: d.document})
		return true, d.refuse(ctx, ev)
	}
	return false, d.goOn(ctx, fetch.ContinueRequestParams{RequestID: ev.RequestID})
}

// body reads what a document holds, as far as it is of interest.
func (d *driven) body(ctx context.Context, ev *fetch.EventRequestPaused) ([]byte, error) {
	taken, err := cdp.Call(ctx, d.target, fetch.TakeResponseBodyAsStream, fetch.TakeResponseBodyAsStreamParams{RequestID: ev.RequestID})
	if err != nil {
		return nil, err
	}
	var body []byte
	for len(body) < maxRead {
		read, err := cdp.Call(ctx, d.target, cdpio.Read, cdpio.ReadParams{Handle: taken.Stream, Size: 64 << 10})
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, &Crashed{How: "its answer broke off: " + err.Error(), InFlight: 1}
		}
		if body = append(body, read.Data...); read.EOF {
			break
		}
	}
	_, err = cdp.Call(ctx, d.target, cdpio.Close, cdpio.CloseParams{Handle: taken.Stream})
	return body[:min(len(body), maxRead)], err
}

// look finds out, besides what goes on, what a page shows that keeps still, or
// clicks what has to be clicked there.
func (d *driven) look(ctx context.Context) {
	ctx, end := context.WithCancel(ctx)
	l := &look{end: end, done: make(chan struct{})}
	d.looking = l
	press := d.click && !d.pressed && d.begun == 0 && d.rp.click != nil
	fresh := clock().Sub(d.told) < 2*time.Second
	go func() {
		defer close(l.done)
		if press {
			if l.err = d.press(ctx, l, fresh); l.err != nil || l.pressed || l.again {
				return
			}
		}
		if l.where, l.err = d.script(ctx, `location.href`); l.err == nil {
			l.html, l.err = d.script(ctx, fmt.Sprintf(`document.documentElement.outerHTML.slice(0, %d)`, maxRead))
		}
	}()
}

// press clicks what has to be clicked, where it is there. A script may still
// bring it to a fresh page.
func (d *driven) press(ctx context.Context, l *look, fresh bool) error {
	selector, err := json.Marshal(d.rp.o.Login.Click)
	if err != nil {
		return err
	}
	// The click is the one moment at which a page may open another one.
	found, err := d.script(ctx, `(() => { const e = document.querySelector(`+string(selector)+`); `+sameTab+`; if (e) setTimeout(() => e.click()); return e ? "yes" : "" })()`)
	l.pressed, l.again = found != "", found == "" && fresh
	return err
}

// saw takes in what was found out, and tells whether the journey ends there.
func (d *driven) saw() (bool, error) {
	l := d.looking
	d.looking = nil
	l.end()
	switch {
	case l.err != nil && d.lost < 5:
		// Its way elsewhere may not have been heard of yet.
		d.lost, d.heard = d.lost+1, clock()
		return false, nil
	case l.err != nil:
		return true, l.err
	case l.again:
		return false, nil
	case l.pressed:
		d.pressed, d.stirred, d.heard = true, true, clock()
		return false, nil
	}
	if u, err := url.Parse(l.where); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		d.at, d.last.url = u, u
	}
	if readPage(d.at, d.last.header.Get("Content-Type"), d.raw) != nil && len(d.raw) > 0 {
		d.last.body = []byte(l.html)
		d.last.page = readPage(d.at, "text/html", d.last.body)
	}
	if d.last.page != nil && d.last.page.refresh() != nil && !d.patient {
		d.patient, d.stirred, d.heard = true, true, clock().Add(5*time.Second)
		return false, nil
	}
	return true, nil
}

// script runs one in the page, and returns the text that it gives.
func (d *driven) script(ctx context.Context, text string) (string, error) {
	yes := true
	got, err := cdp.Call(ctx, d.target, runtime.Evaluate, runtime.EvaluateParams{Expression: text, ReturnByValue: &yes, UserGesture: &yes})
	if err != nil {
		return "", err
	}
	if got.ExceptionDetails != nil || got.Result == nil {
		return "", errors.New("the page lets no script of ours run")
	}
	var out string
	if err := json.Unmarshal(got.Result.Value, &out); err != nil {
		return "", err
	}
	return out, nil
}
