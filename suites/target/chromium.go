package target

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// chromium is a headless browser with a profile that is thrown away.
type chromium struct {
	ctx  context.Context
	end  context.CancelFunc
	dir  string
	rate func(context.Context) error
}

const startLimit = 30 * time.Second

func startChrome(o Options, rt http.RoundTripper, pages []*url.URL) (chrome, error) {
	program, err := findChromium()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "rogueidp-browser-")
	if err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.UserDataDir(dir), chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.DisableGPU,
		chromedp.NoDefaultBrowserCheck,
		// Only these are taken beside the certificates that any browser takes.
		chromedp.Flag("ignore-certificate-errors-spki-list", trustedSPKIs(context.Background(), o.CAPEM, rt, pages)),
		chromedp.Flag("host-resolver-rules", mapped(o.Hosts)),
	}
	for _, off := range switchedOff {
		options = append(options, chromedp.Flag("disable-"+off, true))
	}
	allocated, release := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocated, chromedp.WithErrorf(func(string, ...any) {}))
	b := &chromium{ctx: ctx, dir: dir, rate: o.Rate, end: func() { cancel(); release() }}
	// A context with a deadline would end the browser with it.
	late := time.AfterFunc(startLimit, b.end)
	err = chromedp.Do(ctx)
	if !late.Stop() && err == nil {
		err = fmt.Errorf("nothing was heard of it in %v", startLimit)
	}
	if err != nil {
		_ = b.close()
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return b, nil
}

func (b *chromium) close() error {
	b.end()
	return os.RemoveAll(b.dir)
}

// window is one user's part of the browser: cookies and storage of their own.
type window struct {
	*chromium
	ctx  context.Context
	end  context.CancelFunc
	busy sync.Mutex
}

func (b *chromium) open(ctx context.Context) (tab, error) {
	w := &window{chromium: b}
	w.ctx, w.end = chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	stop := context.AfterFunc(ctx, w.end)
	defer stop()
	if err := chromedp.Do(w.ctx, prepare); err != nil {
		w.end()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("open a window of the browser: %w", err)
	}
	return w, nil
}

// prepare keeps a new tab from leading elsewhere, and from filling the disk.
func prepare(ctx context.Context, t *chromedp.Target) (struct{}, error) {
	id := chromedp.FromContext(ctx).BrowserContextID
	if _, err := cdp.Call(ctx, t, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: "deny", BrowserContextID: id}); err != nil {
		return struct{}{}, err
	}
	_, err := cdp.Call(ctx, t, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: sameTab})
	return struct{}{}, err
}

func (w *window) close() { w.end() }

// journey has the user's tab go; a further one, where that is under way.
func (w *window) journey(ctx context.Context, j *journey, a *agent, first step) error {
	at := w.ctx
	if w.busy.TryLock() {
		defer w.busy.Unlock()
	} else {
		other, end := chromedp.NewContext(w.ctx)
		defer end()
		if err := chromedp.Do(other, prepare); err != nil {
			return fmt.Errorf("open a tab of the browser: %w", err)
		}
		at = other
	}
	run, cancel := context.WithCancel(at)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	d := &driven{journey: j, first: first, rate: w.rate, events: make(chan any, 8192)}
	_, err := chromedp.Run(run, func(run context.Context, t *chromedp.Target) (struct{}, error) {
		d.target, d.frame = t, cdp.FrameID(t.TargetID)
		return struct{}{}, d.drive(run, a)
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// cookies are those of the window for these URLs' hosts.
func (w *window) cookies(ctx context.Context, at []*url.URL) ([]*http.Cookie, error) {
	c := chromedp.FromContext(w.ctx)
	got, err := cdp.Call(ctx, c.Browser, storage.GetCookies, storage.GetCookiesParams{BrowserContextID: c.BrowserContextID})
	if err != nil {
		return nil, err
	}
	var list []*http.Cookie
	for _, one := range got.Cookies {
		if forAny(at, one.Domain) {
			list = append(list, &http.Cookie{Name: one.Name, Value: one.Value, Path: one.Path, HttpOnly: one.HTTPOnly, Secure: one.Secure, SameSite: sameSites[string(one.SameSite)]})
		}
	}
	return list, nil
}

// mapped are names and where they are, as Chromium is told.
func mapped(hosts map[string]string) string {
	rules := []string{"MAP " + dockerHost + " " + or(hosts[dockerHost], "127.0.0.1")}
	for name, at := range hosts {
		if name != dockerHost {
			rules = append(rules, "MAP "+name+" "+at)
		}
	}
	return strings.Join(rules, ",")
}
