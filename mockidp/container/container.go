// Package container runs the provider in a container beside a user's own
// service, as a module for Testcontainers:
//
//	idp, err := container.Run(ctx, "rogueidp:dev")
//	testcontainers.CleanupContainer(t, idp)
//	// configure the service for idp.Issuer() and idp.ClientID(), to trust idp.CAPEM()
//	err = idp.Misbehave(ctx, fault.SignWith{Alg: "none"})
//	token, err := idp.Mint(ctx, container.Ask{Nonce: "n-1"})
//
// `make image` builds the image. Everything in it is for testing only.
package container

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// A Container is a provider with one tenant that runs in a container. It is safe
// for concurrent use. Terminate ends it.
type Container struct {
	testcontainers.Container
	admin, token string
	known        tenant
	ca           []byte
	client       *http.Client
}

// tenant is what the admin API says of one.
type tenant struct {
	Name         string `json:"name"`
	Issuer       string `json:"issuer"`
	ClientID     string `json:"clientID"`
	ClientSecret string `json:"clientSecret"`
	JWKSURI      string `json:"jwksURI"`
}

const (
	adminPort = "7444/tcp"
	named     = "org.rogueidp.name" // a label: the name of the issuer on a network
)

// Named puts the provider on a Docker network, under a name that its issuer has:
// for services in other containers there. Without it, the issuer is one that
// services on this machine find.
func Named(name, onNetwork string) testcontainers.CustomizeRequestOption {
	return func(r *testcontainers.GenericContainerRequest) error {
		if name == "" || strings.ContainsAny(name, ":/ ") {
			return fmt.Errorf("the provider's name on the network, %q, is none", name)
		}
		r.Networks = append(r.Networks, onNetwork)
		if r.NetworkAliases == nil {
			r.NetworkAliases = map[string][]string{}
		}
		r.NetworkAliases[onNetwork] = append(r.NetworkAliases[onNetwork], name)
		if r.Labels == nil {
			r.Labels = map[string]string{}
		}
		r.Labels[named] = name
		return nil
	}
}

// Serve gives more arguments to `rogueidp serve`, such as --client-id and
// --fault. They win over what Run itself gives.
func Serve(args ...string) testcontainers.CustomizeRequestOption {
	return func(r *testcontainers.GenericContainerRequest) error {
		r.Cmd = append(r.Cmd, args...)
		return nil
	}
}

// Run starts the image, or the image of the Dockerfile in a folder where the
// name begins with a dot or is absolute, and waits until it can be asked. Where
// the error comes with a Container, that is to be terminated all the same.
func Run(ctx context.Context, image string, options ...testcontainers.ContainerCustomizer) (*Container, error) {
	c := &Container{token: rand.Text() + rand.Text()}
	req := testcontainers.GenericContainerRequest{Started: true}
	if req.Image = image; strings.HasPrefix(image, ".") || filepath.IsAbs(image) {
		req.Image, req.FromDockerfile.Context = "", image
	}
	for _, o := range options {
		if err := o.Customize(&req); err != nil {
			return nil, fmt.Errorf("run the provider: %w", err)
		}
	}
	place, err := c.place(ctx, req.Labels[named])
	if err != nil {
		return nil, fmt.Errorf("run the provider: %w", err)
	}
	req.Cmd = append([]string{
		"--listen", "0.0.0.0:" + place.port, "--host", place.host, "--admin-listen", "0.0.0.0:7444",
	}, req.Cmd...)
	if req.Env == nil {
		req.Env = map[string]string{}
	}
	req.Env["ROGUEIDP_ADMIN_TOKEN"] = c.token
	req.ExposedPorts = append(req.ExposedPorts, place.port+"/tcp", adminPort)
	req.HostConfigModifier = place.confine(req.HostConfigModifier)
	if req.WaitingFor == nil {
		req.WaitingFor = wait.ForLog("token      that of ROGUEIDP_ADMIN_TOKEN")
	}
	if c.Container, err = testcontainers.GenericContainer(ctx, req); err != nil {
		if c.Container == nil {
			return nil, fmt.Errorf("run the provider: %w", err)
		}
		return c, fmt.Errorf("run the provider: %w", err)
	}
	return c, c.meet(ctx, place)
}

// A place is where the provider is found.
type place struct {
	host    string // of its issuer
	outside string // the host of containers, as this process finds it
	port    string
	bind    netip.Addr
}

// place finds a port that is the same inside and outside, so that one issuer
// holds for both.
func (c *Container) place(ctx context.Context, name string) (place, error) {
	docker, err := testcontainers.NewDockerProvider()
	if err != nil {
		return place{}, err
	}
	defer docker.Close()
	p := place{host: name}
	if p.outside, err = docker.DaemonHost(ctx); err != nil {
		return p, err
	}
	if p.host == "" {
		p.host = p.outside
	}
	if p.bind, err = netip.ParseAddr(p.outside); err != nil {
		p.bind = netip.IPv4Unspecified()
		if p.outside == "localhost" {
			p.bind = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return p, err
	}
	p.port = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	return p, l.Close()
}

// confine opens the ports to this machine alone, and leaves to the container
// only what it needs.
func (p place) confine(then func(*container.HostConfig)) func(*container.HostConfig) {
	return func(h *container.HostConfig) {
		h.CapDrop = []string{"ALL"}
		h.SecurityOpt = []string{"no-new-privileges"}
		h.ReadonlyRootfs = true
		h.PortBindings = network.PortMap{
			network.MustParsePort(p.port + "/tcp"): {{HostIP: p.bind, HostPort: p.port}},
			network.MustParsePort(adminPort):       {{HostIP: p.bind}},
		}
		if then != nil {
			then(h)
		}
	}
}

// meet asks the provider who it is.
func (c *Container) meet(ctx context.Context, at place) error {
	port, err := c.MappedPort(ctx, adminPort)
	if err != nil {
		return fmt.Errorf("find the provider's admin API: %w", err)
	}
	c.admin = "http://" + net.JoinHostPort(at.outside, strconv.Itoa(int(port.Num()))) + "/admin"
	var all []tenant
	if err := c.ask(ctx, http.MethodGet, "/tenants", nil, &all); err != nil {
		return err
	}
	if len(all) != 1 {
		return fmt.Errorf("the provider has %d tenants, and Run expects one", len(all))
	}
	c.known = all[0]
	var authority struct{ PEM string }
	if err := c.ask(ctx, http.MethodGet, "/authority", nil, &authority); err != nil {
		return err
	}
	c.ca = []byte(authority.PEM)
	return c.reach(at)
}

// reach makes the client that finds the issuer from this process.
func (c *Container) reach(at place) error {
	pool := x509.NewCertPool()
	if len(c.ca) > 0 && !pool.AppendCertsFromPEM(c.ca) {
		return errors.New("the provider's authority does not read")
	}
	issuer, err := url.Parse(c.known.Issuer)
	if err != nil {
		return fmt.Errorf("the provider's issuer: %w", err)
	}
	dialer := &net.Dialer{}
	c.client = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool},
		DialContext: func(ctx context.Context, transport, address string) (net.Conn, error) {
			if address == issuer.Host {
				address = net.JoinHostPort(at.outside, at.port)
			}
			return dialer.DialContext(ctx, transport, address)
		},
	}}
	return nil
}

// Issuer is the tenant's issuer, as its tokens name it.
func (c *Container) Issuer() string { return c.known.Issuer }

// ClientID is the client that tokens are for.
func (c *Container) ClientID() string { return c.known.ClientID }

// ClientSecret is what client and provider share.
func (c *Container) ClientSecret() string { return c.known.ClientSecret }

// JWKSURI is where the tenant's key set is.
func (c *Container) JWKSURI() string { return c.known.JWKSURI }

// CAPEM is the authority that signs the provider's certificates, in PEM; empty
// where it serves without TLS.
func (c *Container) CAPEM() []byte { return c.ca }

// AdminURL is where this process reaches the admin API.
func (c *Container) AdminURL() string { return c.admin }

// AdminToken is the bearer token that the admin API wants.
func (c *Container) AdminToken() string { return c.token }

// Client reaches the issuer from this process, under whatever name, and trusts
// its authority alone.
func (c *Container) Client() *http.Client { return c.client }
