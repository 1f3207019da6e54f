package suites

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites/target"
)

// A world is a provider and the files by which targets find it.
type world struct {
	idp    *mockidp.Provider
	dir    string
	caFile string
}

func newWorld(cfg mockidp.Config) (*world, error) {
	idp, err := mockidp.New(cfg)
	if err != nil {
		return nil, err
	}
	w := &world{idp: idp}
	if w.dir, err = os.MkdirTemp("", "rogueidp-"); err != nil {
		_ = idp.Close()
		return nil, fmt.Errorf("a folder for large tokens: %w", err)
	}
	if ca := idp.CAPEM(); ca != nil {
		w.caFile = filepath.Join(w.dir, "ca.pem")
		if err := os.WriteFile(w.caFile, ca, 0o600); err != nil {
			_ = w.close()
			return nil, fmt.Errorf("write the authority for targets: %w", err)
		}
	}
	return w, nil
}

func (w *world) close() error {
	_ = os.RemoveAll(w.dir)
	return w.idp.Close()
}

// reach completes what a target is opened with by how this world is found.
func (w *world) reach(o target.Options) target.Options {
	o.CAPEM, o.CAFile, o.Dir = w.idp.CAPEM(), w.caFile, w.dir
	return o
}
