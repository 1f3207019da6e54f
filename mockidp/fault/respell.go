package fault

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// Respell writes s in one of [Respellings]. Where the way does not apply (a
// host in digits has no case) the text comes back as it was, and whoever asked
// must notice that nothing changed.
func Respell(s, how string) string {
	switch how {
	case "upper-case":
		return strings.ToUpper(s)
	case "lower-case":
		return strings.ToLower(s)
	case "swap-case":
		return strings.Map(swapCase, s)
	case "upper-host":
		return withURL(s, func(scheme, host, path string) string { return scheme + strings.ToUpper(host) + path })
	case "upper-path":
		return withURL(s, func(scheme, host, path string) string { return scheme + host + strings.ToUpper(path) })
	case "upper-scheme":
		return withURL(s, func(scheme, host, path string) string { return strings.ToUpper(scheme) + host + path })
	case "add-slash":
		return s + "/"
	case "drop-slash":
		return strings.TrimSuffix(s, "/")
	case "toggle-slash":
		if cut := strings.TrimSuffix(s, "/"); cut != s {
			return cut
		}
		return s + "/"
	case "default-port":
		return withURL(s, func(scheme, host, path string) string {
			if u, err := url.Parse(scheme + host); err != nil || u.Port() != "" {
				return s
			}
			return scheme + host + ":443" + path
		})
	case "other-port":
		return withURL(s, func(scheme, host, path string) string {
			u, err := url.Parse(scheme + host)
			if err != nil {
				return s
			}
			port := 443
			if n, err := strconv.Atoi(u.Port()); err == nil {
				port = n
			}
			return scheme + strings.TrimSuffix(host, ":"+u.Port()) + ":" + strconv.Itoa(port-1) + path
		})
	case "dot-wildcard":
		// A dot in a pattern matches anything; put something else there.
		return withURL(s, func(scheme, host, path string) string {
			if i := strings.LastIndex(host, "."); i >= 0 {
				return scheme + host[:i] + "x" + host[i+1:] + path
			}
			return scheme + host + strings.Replace(path, ".", "x", 1)
		})
	case "prefix":
		return s[:max(1, len(s)-1)]
	case "suffix":
		return s[min(1, len(s)-1):]
	case "substring":
		if len(s) < 3 {
			return s
		}
		return s[1 : len(s)-1]
	case "superstring":
		return "x" + s + "x"
	case "add-one":
		return s + "1"
	case "trailing-space":
		return s + " "
	case "leading-space":
		return " " + s
	case "doubled":
		return s + s
	case "percent-encoded":
		return percent(s)
	case "evil-suffix":
		// The host goes on into a domain of the attacker's: https://idp.example.evil.test/…
		return withURL(s, func(scheme, host, path string) string {
			name, port, found := strings.Cut(host, ":")
			if found {
				port = ":" + port
			}
			return scheme + name + ".evil.test" + port + path
		})
	case "evil-prefix":
		return "https://evil.test/" + s
	case "other-scheme":
		if rest, ok := strings.CutPrefix(s, "https://"); ok {
			return "http://" + rest
		}
		return "https://" + strings.TrimPrefix(s, "http://")
	case "no-scheme":
		return withURL(s, func(_, host, path string) string { return host + path })
	case "dot-segment":
		return beforePath(s, "/.")
	case "parent-segment":
		return beforePath(s, "/x/..")
	case "double-slash":
		return beforePath(s, "/")
	case "percent-slash":
		if i := strings.LastIndexByte(s, '/'); i >= 0 {
			return s[:i] + "%2F" + s[i+1:]
		}
	case "query":
		return s + "?x=1"
	case "fragment":
		return s + "#x"
	}
	return disguise(s, how)
}

// beforePath puts text between the host of a URL and its path.
func beforePath(s, text string) string {
	return withURL(s, func(scheme, host, path string) string { return scheme + host + text + path })
}

// disguise writes s so that it looks the same, or nearly so, and is another
// text.
func disguise(s, how string) string {
	switch how {
	case "trailing-newline":
		return s + "\n"
	case "zero-width":
		return s[:len(s)/2] + "\u200b" + s[len(s)/2:]
	case "homograph":
		// The Cyrillic letter for the last a or o outside the scheme.
		for i := len(s) - 1; i > strings.Index(s, "://"); i-- {
			switch s[i] {
			case 'a':
				return s[:i] + "\u0430" + s[i+1:]
			case 'o':
				return s[:i] + "\u043e" + s[i+1:]
			}
		}
	case "full-width":
		// NFKC turns this form of a letter into the plain one.
		if last := len(s) - 1; last >= 0 && s[last] > ' ' && s[last] < 0x7f {
			return s[:last] + string(rune(s[last])+0xfee0)
		}
	case "punycode":
		// The A-label of a name that is ASCII already.
		return withURL(s, func(scheme, host, path string) string {
			name, rest, _ := strings.Cut(host, ".")
			if rest != "" {
				return scheme + "xn--" + name + "-." + rest + path
			}
			name, port, found := strings.Cut(host, ":")
			if found {
				port = ":" + port
			}
			return scheme + "xn--" + name + "-" + port + path
		})
	}
	return s
}

func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}

// withURL splits without net/url's own normalisation, which would repair what
// is to be broken.
func withURL(s string, join func(scheme, host, path string) string) string {
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		return s
	}
	host, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	return join(scheme+"://", host, path)
}

// percent escapes the last letter, which URL normalisation would undo.
func percent(s string) string {
	for i := len(s) - 1; i >= 0; i-- {
		if c := s[i]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			const hex = "0123456789ABCDEF"
			return s[:i] + "%" + string(hex[c>>4]) + string(hex[c&15]) + s[i+1:]
		}
	}
	return s
}
