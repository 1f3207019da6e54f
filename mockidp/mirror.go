package mockidp

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// A mirror is another place than the issuer's that serves the honest documents
// of a tenant: where something can lead astray without leading to a stranger.
type mirror struct {
	mu    sync.Mutex
	wires map[string]*wire // by scheme
	file  string           // with the key set in it
}

// mirrored is an address of the mirror, which opens when it is first named: the
// key set at another host, at the issuer's own host over plain HTTP (http), in a
// file of this machine (file) or in the address itself (data); or the discovery document at
// another host (discovery).
func (t *Tenant) mirrored(variant string) (string, bool) {
	t.mirror.mu.Lock()
	defer t.mirror.mu.Unlock()
	where, err := "", error(nil)
	switch variant {
	case "":
		where, err = t.mirrorAt(t.provider.scheme(), "/jwks")
	case "http":
		if t.provider.cfg.Plain {
			return "", false // nothing can be plainer than the provider itself
		}
		where, err = t.mirrorAt("http", "/jwks")
	case "discovery":
		where, err = t.mirrorAt(t.provider.scheme(), "/.well-known/openid-configuration")
	case "file":
		where, err = t.mirrorFile()
	case "data":
		where = "data:application/json;base64," + standard64(t.KeySetDocument())
	default:
		return "", false
	}
	if err != nil {
		t.provider.log("no mirror: %v", err)
	}
	return where, err == nil
}

func (t *Tenant) mirrorAt(scheme, path string) (string, error) {
	w := t.mirror.wires[scheme]
	if w == nil {
		var err error
		if w, err = t.provider.openWire(http.HandlerFunc(t.reflect), place{apart: scheme == t.provider.scheme(), plain: scheme == "http"}); err != nil {
			return "", err
		}
		if t.mirror.wires == nil {
			t.mirror.wires = map[string]*wire{}
		}
		t.mirror.wires[scheme] = w
	}
	return scheme + "://" + w.host + path, nil
}

func (t *Tenant) reflect(w http.ResponseWriter, r *http.Request) {
	t.keepUp()
	d, err := t.documents()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header()["Content-Type"] = jsonType
	if strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration") {
		_, _ = w.Write(d.metadata.body)
		return
	}
	_, _ = w.Write(d.keySet.body)
}

// mirrorFile is made anew each time, because keys change.
func (t *Tenant) mirrorFile() (string, error) {
	if t.mirror.file == "" {
		f, err := os.CreateTemp("", "rogueidp-keys-*.json")
		if err != nil {
			return "", fmt.Errorf("a file for the key set: %w", err)
		}
		t.mirror.file = f.Name()
		if err := f.Close(); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(t.mirror.file, t.KeySetDocument(), 0o600); err != nil {
		return "", fmt.Errorf("write the key set: %w", err)
	}
	return "file://" + filepath.ToSlash(t.mirror.file), nil
}

func (m *mirror) close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var errs []error
	for _, w := range m.wires {
		errs = append(errs, w.close())
	}
	if m.file != "" {
		errs = append(errs, os.Remove(m.file))
	}
	return errors.Join(errs...)
}
