package target

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Start runs the container for an issuer, which is there already. The error
// says what kept it from being ready, with its last words.
func (c *Container) Start(ctx context.Context, known Issuer) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = known
	return c.start(ctx)
}

// Reset replaces the container by a new one.
func (c *Container) Reset(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errors.New("the target is closed")
	}
	return c.start(ctx)
}

// revive starts another container where the last one has ended.
func (c *Container) revive(ctx context.Context) error {
	if c.closed {
		return errors.New("the target is closed")
	}
	if c.box != nil {
		if s, err := c.box.state(ctx); err != nil || s.running {
			return err
		}
	}
	return c.start(ctx)
}

// start ends the container that is there and runs another, until it is ready. A
// read-only root is what it gets first; one that ends at once gets a writable
// one, and keeps it.
func (c *Container) start(ctx context.Context) error {
	began := clock()
	if err := c.end(); err != nil {
		return err
	}
	err := c.try(ctx)
	var ended *endedEarly
	if errors.As(err, &ended) && !c.writable {
		first := err
		c.writable = true
		_ = c.end()
		if err = c.try(ctx); err != nil {
			c.writable, err = false, first
		}
	}
	if err != nil {
		return err
	}
	c.startup = clock().Sub(began)
	if c.inner == nil && c.spec.Kind == "http" {
		if c.inner, err = Open(ctx, "http:"+c.url, c.o); err != nil {
			return &withStderr{err, lastWords(c.box.log())}
		}
	}
	return nil
}

// try runs one container and waits until it is ready.
func (c *Container) try(ctx context.Context) error {
	wired, err := c.wired(c.known)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.spec.StartLimit)
	defer cancel()
	box, err := c.engine.run(ctx, wired)
	if box == nil {
		return fmt.Errorf("start the container: %w", err)
	}
	c.box = box
	if err != nil {
		// What went wrong shows better in the container than in how Docker says it.
		if s, e := box.state(context.WithoutCancel(ctx)); e == nil && !s.running && box.log() != "" {
			return c.early(s)
		}
		return &withStderr{fmt.Errorf("start the container: %w", err), lastWords(box.log())}
	}
	return c.await(ctx)
}

// wired is how the container is run for an issuer.
func (c *Container) wired(known Issuer) (boxing, error) {
	memory, err := c.spec.memory()
	if err != nil {
		return boxing{}, err
	}
	if c.spec.Kind == "http" {
		known = Issuer{}
	}
	w := wires(known, c.o.CAPEM, strings.TrimSuffix(c.url, c.spec.Path))
	b := boxing{
		ref: c.ref, network: c.o.Network, port: c.spec.Port, at: c.at, memory: memory, cpus: c.spec.CPUs,
		processes: int64(c.spec.Processes), add: c.spec.Capabilities, writable: c.writable,
	}
	if b.env, err = w.fillAll("environment", c.spec.Env, false); err != nil {
		return b, err
	}
	b.files, err = w.fillAll("file", c.spec.Files, true)
	return b, err
}

// endedEarly is a container that ended before it was ready.
type endedEarly struct{ how string }

func (e *endedEarly) Error() string {
	return "the container ended before it was ready: " + e.how
}

func (c *Container) early(s boxState) error {
	return &withStderr{&endedEarly{s.how}, lastWords(c.box.log())}
}

// await waits until what runs in the container answers.
func (c *Container) await(ctx context.Context) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	why := errors.New("nothing was tried")
	for {
		s, err := c.box.state(ctx)
		if err == nil && !s.running {
			return c.early(s)
		}
		if err == nil {
			if why = c.ready(ctx); why == nil {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return ctx.Err()
			}
			return &withStderr{fmt.Errorf("the container was not ready after %v: %w", c.spec.StartLimit, why), lastWords(c.box.log())}
		}
	}
}

// ready tells why the container cannot be asked yet.
func (c *Container) ready(ctx context.Context) error {
	if c.spec.Ready == "" {
		return c.listening(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	where := strings.TrimSuffix(c.url, c.spec.Path) + c.spec.Ready
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return err
	}
	// Whether it is up is asked here, not who it is.
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("GET %s: %s", c.spec.Ready, trim(err))
	}
	_ = resp.Body.Close()
	if resp.StatusCode >= 400 {
		return fmt.Errorf("GET %s is answered with %s", c.spec.Ready, resp.Status)
	}
	return nil
}

// listening tells whether its port is open. Docker takes connections for a
// container that does not, and drops them at once: who is heard out listens.
func (c *Container) listening(ctx context.Context) error {
	closed := fmt.Errorf("its port %d is not open; %s", c.spec.Port, c.elsewhere())
	to, err := url.Parse(c.url)
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "tcp", to.Host)
	if err != nil {
		return closed
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(clock().Add(200 * time.Millisecond)); err != nil {
		return err
	}
	var late net.Error
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.As(err, &late) && late.Timeout() {
		return nil
	}
	return closed
}

// elsewhere says which ports the image exposes.
func (c *Container) elsewhere() string {
	for _, p := range c.fact.ports {
		if p == c.spec.Port {
			return "the image exposes it, so look at its log"
		}
	}
	return "the image exposes " + numbers(c.fact.ports)
}

// end removes the container that is there, and remembers what it wrote.
func (c *Container) end() error {
	if c.box == nil {
		return nil
	}
	c.log = append(c.log, c.box.log()...)
	if len(c.log) > maxLog {
		c.log = append(c.log[:0], c.log[len(c.log)-maxLog:]...)
	}
	err := c.box.remove()
	c.box = nil
	return err
}

// keepLog writes what the containers wrote, for a person to read.
func (c *Container) keepLog() error {
	if c.o.LogDir == "" || len(c.log) == 0 {
		return nil
	}
	if err := os.MkdirAll(c.o.LogDir, 0o755); err != nil {
		return fmt.Errorf("keep the container's log: %w", err)
	}
	text := visible(string(c.log))
	if secret := c.known.ClientSecret; secret != "" {
		text = strings.ReplaceAll(text, secret, "(client secret)")
	}
	f, err := os.Create(filepath.Join(c.o.LogDir, "container-"+fileName(c.name)+".log"))
	if err != nil {
		return fmt.Errorf("keep the container's log: %w", err)
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

// visible drops what would move a terminal.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= 0x20 && r != 0x7f && (r < 0x80 || r > 0x9f) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// fileName is a name that every file system takes.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, name)
}
