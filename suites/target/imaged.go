package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Container is a target that runs in a container of ours, and is reached there
// in one of the other ways. Whoever ends it, the next session finds another.
type Container struct {
	o      Options
	engine *engine
	spec   Image
	name   string // which image, as it was spelled
	dir    string // that it is built of; empty for one that is there already
	ref    string // what runs
	at     netip.AddrPort
	url    string

	mu       sync.Mutex
	known    Issuer
	fact     imageFact
	inner    Target // nil until it is there
	box      *box
	writable bool // its root has to be
	closed   bool
	log      []byte // of the containers that are gone
	startup  time.Duration
}

// adapterInContainer speaks the adapter protocol, so that a second one is as good as
// the first.
type adapterInContainer struct{ *Container }

// openImage prepares a container. One that speaks the adapter protocol is
// started to say who it is; others wait for [Container.Start].
func openImage(ctx context.Context, ref string, o Options) (Target, error) {
	c := &Container{o: o, name: ref, ref: ref}
	if ref == "" {
		return nil, errors.New("behind image: stands an image, as in image:my-api:1.2, or the folder of a Dockerfile, as in image:./dir")
	}
	var err error
	if c.spec, err = o.Image.check(); err != nil {
		return nil, err
	}
	if o.Network == nil {
		return nil, errors.New("a container wants a network of its own, which nobody made for it")
	}
	if err := c.folder(); err != nil {
		return nil, err
	}
	if _, err := c.wired(Issuer{Issuer: "-"}); err != nil {
		return nil, err
	}
	if c.engine, err = newEngine(ctx); err != nil {
		return nil, err
	}
	if c.dir != "" {
		if c.ref, err = c.engine.build(ctx, c.dir); err != nil {
			return nil, err
		}
	}
	if err = c.settle(ctx); err == nil && c.spec.Kind == "http" {
		err = c.Start(ctx, Issuer{})
	}
	if err == nil && c.inner == nil {
		c.inner, err = Open(ctx, c.spec.Kind+":"+c.url, c.o)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if c.spec.Kind == "http" {
		return adapterInContainer{c}, nil
	}
	return c, nil
}

// folder tells a folder from the name of an image.
func (c *Container) folder() error {
	if !strings.HasPrefix(c.ref, ".") && !filepath.IsAbs(c.ref) {
		return nil
	}
	abs, err := filepath.Abs(c.ref)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(abs, "Dockerfile")); err != nil {
		return fmt.Errorf("there is no Dockerfile to build: %w", err)
	}
	c.dir, c.name = abs, filepath.Base(abs)
	return nil
}

// settle finds out what the image is, and where it will be reached.
func (c *Container) settle(ctx context.Context) error {
	var err error
	if c.fact, err = c.engine.look(ctx, c.ref); err != nil {
		return err
	}
	if c.spec.Port == 0 {
		if len(c.fact.ports) != 1 {
			return fmt.Errorf("the image exposes %s, so say which port it listens on", numbers(c.fact.ports))
		}
		c.spec.Port = c.fact.ports[0]
	}
	host, err := c.engine.DaemonHost(ctx)
	if err != nil {
		return fmt.Errorf("find the host of the containers: %w", err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	bind, err := netip.ParseAddr(host)
	if err != nil {
		bind = netip.IPv4Unspecified() // on a machine that only its name is known of
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	c.at = netip.AddrPortFrom(bind, port)
	scheme := "http"
	if c.spec.TLS {
		scheme = "https"
	}
	c.url = scheme + "://" + net.JoinHostPort(host, strconv.Itoa(int(port))) + c.spec.Path
	return nil
}

// freePort is one that nobody listens on. The address of the target has to be
// known before it starts: it may have to know it itself.
func freePort() (uint16, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a port for the container: %w", err)
	}
	defer l.Close()
	return uint16(l.Addr().(*net.TCPAddr).Port), nil
}

func numbers(ports []int) string {
	if len(ports) == 0 {
		return "no port"
	}
	slices.Sort(ports)
	var words []string
	for _, p := range ports {
		words = append(words, strconv.Itoa(p))
	}
	return "the ports " + strings.Join(words, ", ")
}

// Name is the image's, or its adapter's where it has one.
func (c *Container) Name() string { return c.Describe().Name }

// Describe is what is known of what runs in it.
func (c *Container) Describe() Description {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.inner.Describe()
	if c.spec.Kind != "http" {
		d.Name = c.name
	}
	limits := c.spec.limits(c.writable)
	if d.Configuration != "" {
		limits = d.Configuration + "; " + limits
	}
	d.Configuration, d.Digest = limits, c.fact.digest
	return d
}

// Trust opens a session of what runs in the container, and starts another
// container first if that one is gone.
func (c *Container) Trust(ctx context.Context, issuers ...Issuer) (Session, Verdict, error) {
	c.mu.Lock()
	err := c.revive(ctx)
	inner := c.inner
	c.mu.Unlock()
	if err != nil {
		return nil, Verdict{}, &Crashed{How: err.Error(), InFlight: 1, Stderr: LastWords(err)}
	}
	return inner.Trust(ctx, issuers...)
}

// LastWords are the last lines of what it wrote.
func (c *Container) LastWords() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.box == nil {
		return ""
	}
	return lastWords(c.box.log())
}

// lastWords are the lines at the end of a text that go into a report.
func lastWords(text string) string { return text[max(0, len(text)-maxTail):] }

// Startup is how long it took to start last, from nothing to ready.
func (c *Container) Startup() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.startup
}

// Alone starts a second container of the same image.
func (a adapterInContainer) Alone(ctx context.Context, o Options) (Target, error) {
	o.Network, o.Image = a.o.Network, a.spec
	second, err := a.twin(o)
	if err != nil {
		return nil, err
	}
	if err := second.Start(ctx, Issuer{}); err != nil {
		return nil, errors.Join(err, second.Close())
	}
	return adapterInContainer{second}, nil
}

// twin is another container of the image, not yet started.
func (c *Container) twin(o Options) (*Container, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	at := netip.AddrPortFrom(c.at.Addr(), port)
	url := strings.Replace(c.url, ":"+strconv.Itoa(int(c.at.Port())), ":"+strconv.Itoa(int(port)), 1)
	return &Container{
		o: o, engine: c.engine, spec: c.spec, name: c.name, ref: c.ref, fact: c.fact, at: at, url: url, writable: c.writable,
	}, nil
}

// Close ends the container, keeps what it wrote, and removes all that was made
// for it.
func (c *Container) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	var errs []error
	if c.inner != nil {
		errs = append(errs, c.inner.Close())
	}
	errs = append(errs, c.end(), c.keepLog())
	if c.dir != "" && c.ref != "" {
		errs = append(errs, c.engine.forget(c.ref))
	}
	return errors.Join(errs...)
}
