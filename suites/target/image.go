package target

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	apinet "github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
	"github.com/testcontainers/testcontainers-go/network"
)

// Where Docker is, and what its own settings are, testcontainers knows: from
// DOCKER_HOST, TESTCONTAINERS_… and ~/.testcontainers.properties.

// containerHost is the name of this machine for who sits in a container.
const containerHost = "host.docker.internal"

// A Network is the network that one container has to itself. It is made before
// the provider listens, so that the provider can listen where that container
// reaches it and nobody off this machine does.
type Network struct {
	// Listen is the address for the provider, host:port; Host the name by which
	// the container finds it there. Listen is empty where Docker lives in a
	// virtual machine, whose containers find this machine's loopback.
	Listen, Host string

	name    string
	address string // what Host resolves to in the container
	remove  func(context.Context) error
}

// OpenNetwork makes one. Close it after the container.
func OpenNetwork(ctx context.Context) (*Network, error) {
	e, err := newEngine(ctx)
	if err != nil {
		return nil, err
	}
	made, err := network.New(ctx)
	if err != nil && strings.Contains(err.Error(), "reaper") {
		return nil, fmt.Errorf("a network for the container: %w; where its reaper cannot be had, TESTCONTAINERS_RYUK_DISABLED=true does without it", err)
	}
	if err != nil {
		return nil, fmt.Errorf("a network for the container: %w", err)
	}
	n := &Network{Host: containerHost, name: made.Name, address: "host-gateway", remove: made.Remove}
	seen, err := e.Client().NetworkInspect(ctx, made.Name, client.NetworkInspectOptions{})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("look at the container's network: %w", err), n.Close())
	}
	for _, c := range seen.Network.IPAM.Config {
		if c.Gateway.IsValid() && here(c.Gateway) {
			n.address = c.Gateway.String()
			n.Listen = net.JoinHostPort(n.address, "0")
			break
		}
	}
	return n, nil
}

// here tells whether an address is one of this machine's.
func here(a netip.Addr) bool {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, one := range all {
		if p, err := netip.ParsePrefix(one.String()); err == nil && p.Addr() == a {
			return true
		}
	}
	return false
}

// Name is what Docker calls it.
func (n *Network) Name() string { return n.name }

// Close removes the network. The container has to be gone.
func (n *Network) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), removalLimit)
	defer cancel()
	if err := n.remove(ctx); err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("remove the container's network: %w; docker network rm %s does", err, n.name)
	}
	return nil
}

const (
	fetchLimit   = 10 * time.Minute // to build an image or to pull one
	removalLimit = 30 * time.Second
)

// engine is Docker, as testcontainers finds it.
type engine struct {
	*testcontainers.DockerProvider
	retries *retries
}

// quiet keeps testcontainers from telling stderr what it found.
var quiet sync.Once

func newEngine(ctx context.Context) (*engine, error) {
	const do = "install it (Debian has it in the package docker.io) and start dockerd, or say where it is in DOCKER_HOST"
	quiet.Do(func() { log.SetDefault(log.NewNoopLogger()) })
	r := &retries{}
	p, err := testcontainers.NewDockerProvider(testcontainers.WithLogger(r))
	if err != nil {
		return nil, fmt.Errorf("no Docker is found here: %w; %s", err, do)
	}
	asking, cancel := context.WithTimeout(ctx, removalLimit)
	defer cancel()
	if err := p.Health(asking); err != nil {
		return nil, fmt.Errorf("the Docker that is found here does not answer: %w; %s", err, do)
	}
	return &engine{p, r}, nil
}

// retries hears what testcontainers has to say, and gives up where it would try
// for a quarter of an hour.
type retries struct {
	mu   sync.Mutex
	n    int
	stop context.CancelCauseFunc
}

// Printf is testcontainers' logger.
func (r *retries) Printf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !strings.Contains(format, "will retry") || r.stop == nil {
		return
	}
	if r.n++; r.n >= 2 && len(args) > 0 {
		r.stop(fmt.Errorf("%v", args[0]))
	}
}

// patient does what may be tried twice, and returns why it failed at last.
func (e *engine) patient(ctx context.Context, do func(context.Context) error) error {
	ctx, limit := context.WithTimeout(ctx, fetchLimit)
	defer limit()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	e.retries.mu.Lock()
	e.retries.n, e.retries.stop = 0, stop
	e.retries.mu.Unlock()
	err := do(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

// build makes an image of a folder and returns its tag.
func (e *engine) build(ctx context.Context, dir string) (string, error) {
	said := &tail{}
	req := testcontainers.ContainerRequest{FromDockerfile: testcontainers.FromDockerfile{
		Context: dir, Repo: "rogueidp-target", BuildLogWriter: said, KeepImage: true,
	}}
	var tag string
	err := e.patient(ctx, func(ctx context.Context) (err error) {
		tag, err = e.BuildImage(ctx, &req)
		return err
	})
	if err != nil {
		return "", &withStderr{fmt.Errorf("build the image of %s: %w", dir, err), said.String()}
	}
	return tag, nil
}

// forget removes an image that was built.
func (e *engine) forget(tag string) error {
	ctx, cancel := context.WithTimeout(context.Background(), removalLimit)
	defer cancel()
	_, err := e.Client().ImageRemove(ctx, tag, client.ImageRemoveOptions{Force: true, PruneChildren: true})
	return err
}

// An imageFact is what an image says of itself.
type imageFact struct {
	digest string
	ports  []int // that it exposes
}

// look fetches an image where it is not here yet, and looks at it. What is made
// for that is never started.
func (e *engine) look(ctx context.Context, ref string) (imageFact, error) {
	var fact imageFact
	err := e.patient(ctx, func(ctx context.Context) error {
		c, err := e.CreateContainer(ctx, testcontainers.ContainerRequest{
			Image:              ref,
			Entrypoint:         []string{"/never"},
			HostConfigModifier: func(h *container.HostConfig) { h.NetworkMode = "none" },
		})
		if c != nil {
			defer remove(c)
		}
		if err != nil {
			return err
		}
		seen, err := c.Inspect(ctx)
		if err != nil {
			return err
		}
		fact.digest = seen.Image
		for p := range seen.Config.ExposedPorts {
			fact.ports = append(fact.ports, int(p.Num()))
		}
		if i, err := e.Client().ImageInspect(ctx, seen.Image); err == nil && len(i.RepoDigests) > 0 {
			fact.digest = i.RepoDigests[0]
		}
		return nil
	})
	if err != nil {
		return fact, fmt.Errorf("the image %q is not here and cannot be fetched: %w; build or pull it first, or give the folder of its Dockerfile, as in image:./dir", ref, err)
	}
	return fact, nil
}

// A box is a container that runs, or ran.
type box struct {
	c testcontainers.Container
}

// A boxing is how a container is to be run.
type boxing struct {
	ref       string
	env       map[string]string
	files     map[string]string
	network   *Network
	port      int // inside
	at        netip.AddrPort
	memory    int64 // octets
	cpus      float64
	processes int64
	add       []string // capabilities that it needs all the same
	writable  bool     // its root file system
}

// run starts a container that may do as little as it can with.
func (e *engine) run(ctx context.Context, b boxing) (*box, error) {
	port := strconv.Itoa(b.port) + "/tcp"
	req := testcontainers.ContainerRequest{
		Image: b.ref, Env: b.env, Networks: []string{b.network.name}, ExposedPorts: []string{port},
		Labels: map[string]string{"org.rogueidp": "target"},
		ConfigModifier: func(c *container.Config) {
			if c.Volumes = nil; !b.writable {
				c.Volumes = b.volumes()
			}
		},
		HostConfigModifier: func(h *container.HostConfig) { b.confine(h, apinet.MustParsePort(port)) },
	}
	c, err := e.CreateContainer(ctx, req)
	if err == nil {
		err = e.fill(ctx, c.GetContainerID(), b)
	}
	if err == nil {
		err = c.Start(ctx)
	}
	if c == nil {
		return nil, err
	}
	return &box{c}, err
}

// fill puts files into a container that was not started yet. A root that is
// read-only takes none, so they go where its volumes are.
func (e *engine) fill(ctx context.Context, id string, b boxing) error {
	for to, text := range b.files {
		folder, name := path.Split(path.Clean(to))
		if b.writable {
			folder, name = "/", strings.TrimPrefix(path.Clean(to), "/")
		}
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o444, Size: int64(len(text))})
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err == nil {
			err = w.Close()
		}
		if err == nil {
			_, err = e.Client().CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: folder, Content: &archive})
		}
		if err != nil {
			return fmt.Errorf("put %s into the container: %w", to, err)
		}
	}
	return nil
}

// volumes are the folders of the files that it is given: a root file system
// that is read-only takes none. They begin with what the image has there.
func (b boxing) volumes() map[string]struct{} {
	folders := map[string]struct{}{}
	for to := range b.files {
		folders[path.Dir(path.Clean(to))] = struct{}{}
	}
	return folders
}

// confine takes from a container what it could do beyond its own work.
func (b boxing) confine(h *container.HostConfig, port apinet.Port) {
	h.NetworkMode = container.NetworkMode(b.network.name)
	h.ExtraHosts = []string{b.network.Host + ":" + b.network.address}
	h.PortBindings = apinet.PortMap{port: {{HostIP: b.at.Addr(), HostPort: strconv.Itoa(int(b.at.Port()))}}}
	h.CapDrop, h.CapAdd = []string{"ALL"}, b.add
	h.SecurityOpt = []string{"no-new-privileges"}
	h.ReadonlyRootfs = !b.writable
	h.Memory, h.MemorySwap = b.memory, b.memory
	h.NanoCPUs = int64(b.cpus * 1e9)
	h.PidsLimit = &b.processes
	h.LogConfig = container.LogConfig{Type: "json-file", Config: map[string]string{"max-size": "1m", "max-file": "1"}}
	if b.writable {
		return
	}
	h.Tmpfs = map[string]string{}
	for _, folder := range []string{"/tmp", "/run"} {
		if !b.within(folder) {
			h.Tmpfs[folder] = "rw,nosuid,nodev,size=64m,mode=1777"
		}
	}
}

// within tells whether a file that it is given lies in a folder.
func (b boxing) within(folder string) bool {
	for to := range b.files {
		if strings.HasPrefix(path.Clean(to)+"/", folder+"/") {
			return true
		}
	}
	return false
}

// A boxState is how a container fares.
type boxState struct {
	running bool
	how     string // it ended, if it did
}

func (b *box) state(ctx context.Context) (boxState, error) {
	seen, err := b.c.Inspect(ctx)
	if err != nil {
		return boxState{}, err
	}
	s := seen.State
	switch {
	case s.Running:
		return boxState{running: true}, nil
	case s.OOMKilled:
		return boxState{how: "it was ended because it took more memory than it may"}, nil
	case s.Error != "":
		return boxState{how: s.Error}, nil
	}
	return boxState{how: fmt.Sprintf("it exited with code %d", s.ExitCode)}, nil
}

// maxLog is how much of a container's log is kept, in octets from its end.
const maxLog = 256 << 10

// log is the end of what it wrote.
func (b *box) log() string {
	ctx, cancel := context.WithTimeout(context.Background(), removalLimit)
	defer cancel()
	r, err := b.c.Logs(ctx)
	if err != nil {
		return ""
	}
	defer r.Close()
	text, _ := io.ReadAll(io.LimitReader(r, 4<<20)) // Docker keeps 1 MiB
	return string(text[max(0, len(text)-maxLog):])
}

// remove ends it, and removes what it leaves.
func (b *box) remove() error { return remove(b.c) }

func remove(c testcontainers.Container) error {
	ctx, cancel := context.WithTimeout(context.Background(), removalLimit)
	defer cancel()
	err := c.Terminate(ctx, testcontainers.StopTimeout(time.Second))
	if err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("remove the container: %w; docker rm -f %.12s does", err, c.GetContainerID())
	}
	return nil
}
