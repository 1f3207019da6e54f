package target

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// Options are what ways to reach a target have in common.
type Options struct {
	// CAPEM is the provider's authority, CAFile a file that holds it.
	CAPEM  []byte
	CAFile string
	// Environ is the environment from which a child may get something, Env the
	// names beyond the usual that it gets.
	Environ, Env []string
	// Leeway and FetchTimeout are asked of targets that can be told.
	Leeway, FetchTimeout time.Duration
	// Profile, Algs and LoginPage describe a target that cannot describe itself.
	Profile   string
	Algs      []string
	LoginPage string
	// Resource, Login and Image describe targets of these kinds; Reset says how one
	// that is configured once starts afresh.
	Resource Resource
	Login    Login
	Image    Image
	Reset    Reset
	// Network is the one that a container has to itself; LogDir keeps what
	// containers say, in a file each. Empty: nowhere.
	Network *Network
	LogDir  string
	// Hosts are names that only this program has to find, by address: those under
	// which a container knows us.
	Hosts map[string]string
	// Self is the command by which this program serves a target of kind go: in
	// a process of its own; empty where it cannot.
	Self []string
	// Client asks targets over HTTP.
	Client *http.Client
	// Dir is for files that are too large for a message.
	Dir string
	// Tap, if set, sees every line in both directions, "message" or "answer".
	Tap func(direction string, line []byte)
	// Faketime lets a child process live at another time. NoFaketime: nobody
	// wants it to.
	Faketime   Faketime
	NoFaketime bool
	// Rate, if set, is waited for before anything is sent.
	Rate func(context.Context) error
}

// kinds are the ways to spell a target.
var kinds = []struct{ prefix, example string }{
	{"go:", "go:reference"},
	{"exec:", "exec:./adapter --flag"},
	{"http:", "http:https://host/validate"},
	{"bearer:", "bearer:https://host/me"},
	{"login:", "login:https://host/login"},
	{"image:", "image:./dir"},
}

// Spellings show one target of each kind.
func Spellings() []string {
	var list []string
	for _, k := range kinds {
		list = append(list, k.example)
	}
	return list
}

// InProcess tells whether a spelling names a target in this process, which
// needs no socket.
func InProcess(spec string) bool { return strings.HasPrefix(spec, "go:") }

// InContainer tells whether a spelling names a target that is started in a
// container, which wants a network of its own before it is opened.
func InContainer(spec string) bool { return strings.HasPrefix(spec, "image:") }

// Host is the host that a spelling leads to over the network; empty for
// targets on this machine by their kind.
func Host(spec string) string {
	for _, kind := range []string{"http:", "bearer:", "login:"} {
		if rest, ok := strings.CutPrefix(spec, kind); ok {
			if u, err := url.Parse(rest); err == nil {
				return u.Hostname()
			}
		}
	}
	return ""
}

// Open reaches a target by its spelling. The error says what is wrong with the
// spelling, or why the target did not answer.
func Open(ctx context.Context, spec string, o Options) (Target, error) {
	var names []string
	for _, k := range kinds {
		names = append(names, strings.TrimSuffix(k.prefix, ":"))
	}
	kind, rest, found := strings.Cut(spec, ":")
	if !found {
		return nil, fmt.Errorf("target %q has no kind; write one of %s", spec, strings.Join(Spellings(), ", "))
	}
	switch kind {
	case "go":
		return openGo(rest, o)
	case "exec":
		command, err := words(rest)
		if err != nil {
			return nil, fmt.Errorf("target %q: %w", spec, err)
		}
		return openExec(ctx, command, o)
	case "http", "bearer", "login":
		u, err := url.Parse(rest)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return nil, fmt.Errorf("target %q: behind %s: stands a URL, as in %s", spec, kind, map[string]string{"http": kinds[2].example, "bearer": kinds[3].example, "login": kinds[4].example}[kind])
		}
		switch kind {
		case "http":
			return openHTTP(ctx, rest, o)
		case "login":
			rp, err := openLogin(rest, o)
			if err != nil {
				return nil, fmt.Errorf("target %q: %w", spec, err)
			}
			return rp, nil
		}
		return openBearer(rest, o)
	case "image":
		t, err := openImage(ctx, rest, o)
		if err != nil {
			return nil, fmt.Errorf("target %q: %w", spec, err)
		}
		return t, nil
	}
	return nil, fmt.Errorf("no kind of target is called %q; write one of %s%s", kind, strings.Join(Spellings(), ", "), nearest(kind, names))
}

// words splits a command as a shell would: at spaces, but for what stands in
// quotes.
func words(s string) ([]string, error) {
	var list []string
	var word strings.Builder
	var quote rune
	inWord := false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ':
			if inWord {
				list = append(list, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote %c is not closed", quote)
	}
	if inWord {
		list = append(list, word.String())
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("behind exec: stands a command, as in exec:./adapter --flag")
	}
	return list, nil
}

// nearest is a hint at the word of a list that is meant.
func nearest(word string, list []string) string {
	if near := fault.Nearest(word, list); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
