package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// A Carry is how a request to a protected resource carries its tokens, in the
// words of the catalogue. The zero Carry is one Authorization header with the
// scheme Bearer, and a request as the resource is described.
type Carry struct {
	In     string // header, query, cookie, body or nowhere; header when empty
	Scheme string // in front of a token in the header, Bearer when empty; none is nothing
	Repeat int    // how often the token is written there; once when zero
	// Second is another token that goes with it, in header, query, cookie, body
	// or, as a proof, in the header DPoP.
	Second, SecondIn string

	Method, Override, Path, Host, Body string
}

// odd tells whether a request goes another way than the plain one, so that what
// is met there may be something else than the resource.
func (c Carry) odd() bool { return c.Method != "" || c.Override != "" || c.Path != "" || c.Host != "" }

// queryName is under which name a query carries a token where nothing else was
// said (RFC 6750 section 2.3).
const queryName = "access_token"

// A carrier writes one request.
type carrier struct {
	about Resource
	how   Carry
	url   url.URL
	form  url.Values // in the body

	header  http.Header
	query   []string
	cookies []*http.Cookie
	limit   int
}

// request is what asks the resource about a token. The error is
// [errors.ErrUnsupported] for what the channel cannot carry.
func (b *Bearer) request(ctx context.Context, a Attempt) (*http.Request, error) {
	c := &carrier{about: b.o.Resource, how: a.Carry, url: *b.url, header: http.Header{}, limit: b.Visible}
	if err := c.write(a); err != nil {
		return nil, err
	}
	if err := c.spell(); err != nil {
		return nil, err
	}
	body, kind, err := c.body()
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, c.method(), b.url.String(), body)
	if err != nil {
		return nil, err
	}
	r.URL, r.Host = &c.url, c.host()
	for name, value := range c.about.Header {
		if strings.EqualFold(name, "Host") {
			if c.how.Host == "" {
				r.Host = value
			}
			continue
		}
		c.header.Set(name, value)
	}
	if kind != "" {
		c.header.Set("Content-Type", kind)
	}
	r.Header = c.header
	for _, one := range c.cookies {
		r.AddCookie(one)
	}
	if c.how.Override != "" {
		r.Header.Set("X-HTTP-Method-Override", c.how.Override)
	}
	return r, nil
}

// beyond is the answer of a channel that does not carry something.
func beyond(format string, args ...any) error {
	return &Unsupported{Why: fmt.Sprintf(format, args...), Feature: "channel"}
}

// write puts the tokens where they belong.
func (c *carrier) write(a Attempt) error {
	for range max(1, c.how.Repeat) {
		if err := c.put(or(c.how.In, "header"), c.how.Scheme, a.Token); err != nil {
			return err
		}
	}
	if c.how.Second == "" {
		return nil
	}
	return c.put(or(c.how.SecondIn, "header"), "", c.how.Second)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// put writes one token in one place.
func (c *carrier) put(in, scheme, token string) error {
	switch in {
	case "nowhere":
		return nil
	case "header", "proof":
		if err := c.visible(token); err != nil {
			return err
		}
		if in == "proof" {
			c.header.Add("DPoP", token)
			return nil
		}
		text := or(scheme, "Bearer") + " " + token
		if scheme == "none" {
			text = token
		}
		c.header.Add("Authorization", text)
	case "query":
		if len(token) > c.limit {
			return beyond("a URL carries %d octets", c.limit)
		}
		c.query = append(c.query, url.QueryEscape(or(c.about.Query, queryName))+"="+url.QueryEscape(token))
	case "cookie":
		if c.about.Cookie == "" {
			return beyond("nobody said under which cookie it takes a token")
		}
		if err := c.visible(token); err != nil {
			return err
		}
		if strings.ContainsAny(token, `" ,;\`) {
			return beyond("a cookie does not carry every character of this token")
		}
		c.cookies = append(c.cookies, &http.Cookie{Name: c.about.Cookie, Value: token})
	case "body":
		if c.form == nil {
			c.form = url.Values{}
		}
		c.form.Add(queryName, token)
	default:
		return fmt.Errorf("no place in a request is called %q", in)
	}
	return nil
}

// visible refuses what no header carries: longer tokens, other octets than
// visible ASCII, and white space at the ends, which every reader takes away (RFC
// 9110 section 5.5).
func (c *carrier) visible(token string) error {
	switch {
	case len(token) > c.limit:
		return beyond("its header carries tokens of %d octets at most", c.limit)
	case strings.ContainsFunc(token, func(r rune) bool { return r < 0x20 || r > 0x7e }):
		return beyond("a header carries visible ASCII alone")
	case strings.TrimSpace(token) != token:
		return beyond("a header loses the white space at its ends")
	}
	return nil
}

// method is how the resource is asked.
func (c *carrier) method() string {
	return or(c.how.Method, or(c.about.Method, http.MethodGet))
}

// body is what the request brings, and of which kind it is.
func (c *carrier) body() (io.Reader, string, error) {
	carries := c.method() != http.MethodGet && c.method() != http.MethodHead && c.method() != http.MethodOptions
	switch {
	case c.form == nil && c.how.Body == "":
		if c.about.Body == "" {
			return nil, "", nil
		}
		return strings.NewReader(c.about.Body), "", nil
	case !carries:
		return nil, "", beyond("it is asked by %s, which has no body", c.method())
	case c.form != nil:
		return strings.NewReader(c.form.Encode()), "application/x-www-form-urlencoded", nil
	case c.how.Body == "malformed":
		return strings.NewReader(`{"begun":`), "application/json", nil
	}
	return nil, "", fmt.Errorf("no body is called %q", c.how.Body)
}

// host is whom the request names as its host; empty for the address itself.
func (c *carrier) host() string {
	name, port := c.url.Hostname(), c.url.Port()
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	with := func(name, port string) string {
		if port == "" {
			return name
		}
		return name + ":" + port
	}
	switch c.how.Host {
	case "unknown":
		return with("unknown.test", port)
	case "trailing-dot":
		return with(name+".", port)
	case "other-port":
		return with(name, "1")
	}
	return ""
}

// spell writes the path as it is wanted, and adds the query.
func (c *carrier) spell() error {
	if len(c.query) > 0 {
		if c.url.RawQuery != "" {
			c.query = append([]string{c.url.RawQuery}, c.query...)
		}
		c.url.RawQuery = strings.Join(c.query, "&")
	}
	if c.how.Path == "" {
		return nil
	}
	path := or(c.url.EscapedPath(), "/")
	last := strings.LastIndexByte(path, '/')
	switch c.how.Path {
	case "double-slash":
		path = path[:last] + "/" + path[last:]
	case "encoded-slash":
		if last == 0 {
			path = "/" + path // a request begins with a slash that is one
			last = 1
		}
		path = path[:last] + "%2F" + path[last+1:]
	case "dot-segment":
		path = path[:last] + "/." + path[last:]
	case "trailing-slash":
		path += "/"
	case "capitals":
		path = strings.ToUpper(path)
	default:
		return fmt.Errorf("no way to write a path is called %q", c.how.Path)
	}
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return errors.Join(errors.New("the path of the resource cannot be respelt"), err)
	}
	c.url.Path, c.url.RawPath = decoded, path
	return nil
}
