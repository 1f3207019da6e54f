package target

import (
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/docker/go-units"
)

// ImageKinds are the ways to reach what runs in a container.
func ImageKinds() []string { return []string{"http", "bearer", "login"} }

// check refuses what cannot be meant, and fills in what is left open.
func (i Image) check() (Image, error) {
	if i.Kind == "" {
		return i, fmt.Errorf("say how the container is reached: kind %s", strings.Join(ImageKinds(), ", "))
	}
	if !slices.Contains(ImageKinds(), i.Kind) {
		return i, fmt.Errorf("a container is reached as %s, not as %q%s", strings.Join(ImageKinds(), ", "), i.Kind, nearest(i.Kind, ImageKinds()))
	}
	if i.Port < 0 || i.Port > 65535 {
		return i, fmt.Errorf("port %d is none; give the one that the container listens on", i.Port)
	}
	if i.Path != "" && !strings.HasPrefix(i.Path, "/") {
		i.Path = "/" + i.Path
	}
	if i.Ready != "" && !strings.HasPrefix(i.Ready, "/") {
		i.Ready = "/" + i.Ready
	}
	if i.StartLimit < 0 || i.CPUs < 0 || i.Processes < 0 {
		return i, fmt.Errorf("a limit of a container cannot be negative")
	}
	if i.StartLimit == 0 {
		i.StartLimit = time.Minute
	}
	if i.Memory == "" {
		i.Memory = "512m"
	}
	if i.CPUs == 0 {
		i.CPUs = 1
	}
	if i.Processes == 0 {
		i.Processes = 256
	}
	if n, err := i.memory(); err != nil || n < 6<<20 {
		return i, fmt.Errorf("memory %q: write at least 6m, such as 512m or 1g", i.Memory)
	}
	for to := range i.Files {
		if !path.IsAbs(to) || path.Dir(path.Clean(to)) == "/" {
			return i, fmt.Errorf("a file for the container goes to an absolute path in a folder, such as /etc/api/config.yaml, not to %q", to)
		}
	}
	return i, nil
}

func (i Image) memory() (int64, error) { return units.RAMInBytes(i.Memory) }

// limits says what the container may cost, and do.
func (i Image) limits(writable bool) string {
	root := "read-only"
	if writable {
		root = "writable"
	}
	kept := "no capability"
	if len(i.Capabilities) > 0 {
		kept = "capabilities " + strings.Join(i.Capabilities, " ")
	}
	return fmt.Sprintf("in a container: memory %s, %g CPU, %d processes, root %s, %s", i.Memory, i.CPUs, i.Processes, root, kept)
}

// A wiring fills the templates of a container's environment and files.
type wiring map[string]string

// wires are what a provider has to say to a container. The issuer is empty
// where a target is told it by message.
func wires(known Issuer, ca []byte, url string) wiring {
	w := wiring{"ca_pem": string(ca), "url": url}
	if known.Issuer != "" {
		w["issuer"], w["jwks_uri"] = known.Issuer, known.JWKSURI
		w["client_id"], w["client_secret"] = known.ClientID, known.ClientSecret
	}
	return w
}

// wireWords are all that a template may ask for.
var wireWords = []string{"issuer", "client_id", "client_secret", "jwks_uri", "ca_pem", "url"}

var wirePattern = regexp.MustCompile(`\{\{[a-z_]+\}\}|\{[a-z_]+\}`)

// fill replaces {issuer} and the like. What is in braces and near no word of
// ours is the file's own; {{issuer}} stands for the literal text.
func (w wiring) fill(where, text string) (string, error) {
	var failed error
	text = wirePattern.ReplaceAllStringFunc(text, func(found string) string {
		word := strings.Trim(found, "{}")
		known := slices.Contains(wireWords, word)
		if strings.HasPrefix(found, "{{") {
			if known {
				return "{" + word + "}"
			}
			return found
		}
		if !known {
			if near := nearest(word, wireWords); near != "" {
				failed = fmt.Errorf("%s: nothing fills {%s}%s; %s do, and {{word}} stands for a word in braces", where, word, near, strings.Join(wireWords, ", "))
			}
			return found
		}
		value, told := w[word]
		if !told {
			failed = fmt.Errorf("%s: a target of kind http is told its {%s} by message; leave it out", where, word)
		}
		return value
	})
	return text, failed
}

// fillAll fills a table of templates. Where files is set, a value that begins
// with @ names a file here.
func (w wiring) fillAll(what string, templates map[string]string, files bool) (map[string]string, error) {
	filled := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		text := templates[name]
		where := what + " " + name
		if from, found := strings.CutPrefix(text, "@"); files && found {
			raw, err := os.ReadFile(from)
			if err != nil {
				return nil, fmt.Errorf("%s: %w; behind @ stands a file of this machine", where, err)
			}
			if len(raw) > 1<<20 {
				return nil, fmt.Errorf("%s: %s has more than 1 MiB", where, from)
			}
			text = string(raw)
		}
		var err error
		if filled[name], err = w.fill(where, text); err != nil {
			return nil, err
		}
	}
	return filled, nil
}
