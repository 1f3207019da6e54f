package container

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// An Ask says what token is wanted. The zero value is a plain honest one.
type Ask struct {
	Alg     string
	Nonce   string
	Subject string
	Claims  map[string]any // beside those that every token has, or in their place
	Faults  []fault.Fault  // of this token alone
}

// Misbehave lets the tenant lie in these ways and no other; with none it is
// honest again.
func (c *Container) Misbehave(ctx context.Context, faults ...fault.Fault) error {
	raw, err := fault.Marshal(faults)
	if err != nil {
		return fmt.Errorf("misbehave: %w", err)
	}
	return c.ask(ctx, http.MethodPut, c.path("/faults"), json.RawMessage(raw), nil)
}

// Mint returns a token in its compact form.
func (c *Container) Mint(ctx context.Context, a Ask) (string, error) {
	raw, err := fault.Marshal(a.Faults)
	if err != nil {
		return "", fmt.Errorf("mint: %w", err)
	}
	body := map[string]any{"alg": a.Alg, "nonce": a.Nonce, "subject": a.Subject, "faults": json.RawMessage(raw)}
	if len(a.Claims) > 0 {
		body["claims"] = a.Claims
	}
	var minted struct{ Token string }
	err = c.ask(ctx, http.MethodPost, c.path("/mint"), body, &minted)
	return minted.Token, err
}

// Rotate lets another key sign, at once and without notice.
func (c *Container) Rotate(ctx context.Context) error {
	return c.ask(ctx, http.MethodPost, c.path("/rotate"), nil, nil)
}

// path is one of the tenant's own.
func (c *Container) path(verb string) string {
	return "/tenants/" + c.known.Name + verb
}

// ask sends one request to the admin API.
func (c *Container) ask(ctx context.Context, method, path string, body, into any) error {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("ask the provider: %w", err)
		}
		sent = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.admin+path, sent)
	if err != nil {
		return fmt.Errorf("ask the provider: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("ask the provider: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return fmt.Errorf("ask the provider: %w", err)
	}
	if resp.StatusCode >= 300 {
		var said struct{ Error string }
		if json.Unmarshal(text, &said) != nil || said.Error == "" {
			said.Error = strings.TrimSpace(string(text[:min(len(text), 256)]))
		}
		return fmt.Errorf("the provider refuses %s %s (%s): %s", method, path, resp.Status, said.Error)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("the provider's answer to %s %s: %w", method, path, err)
	}
	return nil
}
