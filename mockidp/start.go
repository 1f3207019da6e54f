package mockidp

import "net/http"

// TB is what [Start] needs of a test: *testing.T and *testing.B have it. An
// interface of our own keeps package testing out of programs.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Start runs a provider with one tenant for the length of a test, over HTTPS
// on loopback. Reach it with [Tenant.Client], which trusts it.
func Start(t TB, cfg ...TenantConfig) *Tenant {
	t.Helper()
	p, err := New(Config{})
	if err != nil {
		t.Fatalf("start a mock IdP: %v", err)
		return nil
	}
	t.Cleanup(func() { _ = p.Close() })
	var one TenantConfig
	if len(cfg) > 0 {
		one = cfg[0]
	}
	tenant, err := p.Tenant(one)
	if err != nil {
		t.Fatalf("start a mock IdP: %v", err)
		return nil
	}
	return tenant
}

// Client reaches the tenant's provider, and trusts it.
func (t *Tenant) Client() *http.Client { return t.provider.Client() }

// Provider is where the tenant lives.
func (t *Tenant) Provider() *Provider { return t.provider }
