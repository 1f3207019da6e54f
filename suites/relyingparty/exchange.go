package relyingparty

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
)

// A reply is what an issuer answered.
type reply struct {
	status int
	media  string // its media type, without parameters
	body   []byte
}

// exchange asks an issuer and reads all of its answer, up to a size.
func (p *Party) exchange(r *http.Request) (*reply, error) {
	got, err := p.client.Do(r)
	if err != nil {
		return nil, unreachable(fmt.Errorf("ask %s: %w", r.URL.Redacted(), err))
	}
	defer got.Body.Close()
	body, err := io.ReadAll(io.LimitReader(got.Body, p.ways.MaxBody+1))
	if err != nil {
		return nil, unreachable(fmt.Errorf("read from %s: %w", r.URL.Redacted(), err))
	}
	if int64(len(body)) > p.ways.MaxBody {
		return nil, distrust(fmt.Errorf("%s answers with more than %d octets", r.URL.Redacted(), p.ways.MaxBody))
	}
	media, _, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if err != nil {
		media = ""
	}
	return &reply{got.StatusCode, media, body}, nil
}

// failed is an answer with another status than 200.
func (a *reply) failed() error {
	if a.status == http.StatusOK {
		return nil
	}
	err := fmt.Errorf("the issuer answers with status %d", a.status)
	if a.status >= 500 {
		return unreachable(err)
	}
	return distrust(err)
}

// decode reads a JSON object strictly: members by their exact names, none twice,
// valid UTF-8, and nothing around it.
func (a *reply) decode(into any) error {
	if a.media != "application/json" {
		return distrust(fmt.Errorf("the issuer answers with %q in place of application/json", a.media))
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		return distrust(fmt.Errorf("the issuer's answer cannot be read: %w", err))
	}
	return nil
}

func get(ctx context.Context, address string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, distrust(err)
	}
	return r, nil
}

func post(ctx context.Context, address string, form url.Values) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, distrust(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	return r, nil
}
