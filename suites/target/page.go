package target

import (
	"bytes"
	"mime"
	"net/url"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds on a page: what is beyond them is not seen.
const (
	maxNodes = 50_000
	maxDepth = 256
)

// A page is what a user agent sees in an answer.
type page struct {
	at   *url.URL
	root *html.Node
}

// readPage reads an HTML answer; nil for one of another type.
//
// The tree is built by hand from the tokens, since the algorithm of HTML repeats
// formatting elements and so lets a hostile page grow without bounds. An element
// that nobody closed holds all that comes after it, which is near enough for
// forms and selectors.
func readPage(at *url.URL, contentType string, body []byte) *page {
	media, _, err := mime.ParseMediaType(contentType)
	if contentType != "" && (err != nil || media != "text/html" && media != "application/xhtml+xml") {
		return nil
	}
	if contentType == "" && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return nil
	}
	root := &html.Node{Type: html.DocumentNode}
	open := []*html.Node{root}
	tokens := html.NewTokenizer(bytes.NewReader(body))
	for range maxNodes {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break
		}
		token := tokens.Token()
		inner := open[len(open)-1]
		switch kind {
		case html.TextToken:
			inner.AppendChild(&html.Node{Type: html.TextNode, Data: token.Data})
		case html.StartTagToken, html.SelfClosingTagToken:
			n := &html.Node{Type: html.ElementNode, Data: token.Data, DataAtom: token.DataAtom, Attr: token.Attr}
			inner.AppendChild(n)
			if kind == html.StartTagToken && !void[token.DataAtom] && len(open) < maxDepth {
				open = append(open, n)
			}
		case html.EndTagToken:
			for i := len(open) - 1; i > 0; i-- {
				if open[i].Data == token.Data {
					open = open[:i]
					break
				}
			}
		}
	}
	return &page{at: at, root: root}
}

// void are the elements that hold nothing and are never closed.
var void = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true, atom.Img: true,
	atom.Input: true, atom.Link: true, atom.Meta: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// text is what a reader of the page sees, its white space made one blank each.
func (p *page) text() string { return textOf(p.root) }

func textOf(n *html.Node) string {
	var b strings.Builder
	each(n, func(n *html.Node) {
		if n.Type != html.TextNode {
			return
		}
		switch n.Parent.DataAtom {
		case atom.Script, atom.Style, atom.Template, atom.Noscript:
			return
		}
		b.WriteString(n.Data)
		b.WriteByte(' ')
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// each calls see for n and all below it.
func each(n *html.Node, see func(*html.Node)) {
	see(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, see)
	}
}

func (p *page) find(selector cascadia.Selector) *html.Node { return cascadia.Query(p.root, selector) }

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (p *page) elements(kind atom.Atom) []*html.Node {
	var list []*html.Node
	each(p.root, func(n *html.Node) {
		if n.Type == html.ElementNode && n.DataAtom == kind {
			list = append(list, n)
		}
	})
	return list
}

// to is where a link or a form of the page leads.
func (p *page) to(ref string) (*url.URL, error) {
	from := p.at
	if bases := p.elements(atom.Base); len(bases) > 0 {
		if base, err := p.at.Parse(attribute(bases[0], "href")); err == nil {
			from = base
		}
	}
	return from.Parse(strings.TrimSpace(ref))
}

// A submission is what a form, or a link, sends.
type submission struct {
	method string
	to     *url.URL
	fields url.Values
}

// selfSubmitting is the form that the page's own script submits as soon as it is
// read: the only one, posted, and nothing in it for a user to fill in. sure: it
// is one whether such a script is seen or not.
func (p *page) selfSubmitting(sure bool) *submission {
	forms := p.elements(atom.Form)
	if len(forms) != 1 || !strings.EqualFold(attribute(forms[0], "method"), "post") {
		return nil
	}
	hidden, visible, submits := 0, 0, sure
	each(p.root, func(n *html.Node) {
		switch {
		case n.Type == html.TextNode && n.Parent.DataAtom == atom.Script && strings.Contains(n.Data, "submit"):
			submits = true
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Body && strings.Contains(attribute(n, "onload"), "submit"):
			submits = true
		case n.DataAtom == atom.Input:
			switch strings.ToLower(attribute(n, "type")) {
			case "hidden":
				hidden++
			case "submit", "image", "button":
			default:
				visible++
			}
		case n.DataAtom == atom.Select, n.DataAtom == atom.Textarea:
			visible++
		}
	})
	if hidden == 0 || visible > 0 || !submits {
		return nil
	}
	return p.submit(forms[0], nil)
}

// submit is what a form sends, when by pressed is clicked, if by anything.
func (p *page) submit(form, pressed *html.Node) *submission {
	method, action := attribute(form, "method"), attribute(form, "action")
	fields := url.Values{}
	each(form, func(n *html.Node) {
		name := attribute(n, "name")
		if n.Type != html.ElementNode || name == "" || n.DataAtom != atom.Input && n != pressed {
			return
		}
		switch kind := strings.ToLower(attribute(n, "type")); {
		case n != pressed && (kind == "submit" || kind == "image" || kind == "button"):
		case (kind == "checkbox" || kind == "radio") && !has(n, "checked"):
		default:
			fields.Add(name, attribute(n, "value"))
		}
	})
	if pressed != nil {
		if other := attribute(pressed, "formmethod"); other != "" {
			method = other
		}
		if other := attribute(pressed, "formaction"); other != "" {
			action = other
		}
	}
	to, err := p.to(action)
	if err != nil {
		return nil
	}
	if strings.EqualFold(method, "post") {
		return &submission{"POST", to, fields}
	}
	to.RawQuery, to.Fragment = fields.Encode(), ""
	return &submission{"GET", to, nil}
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// click is what happens when the element is clicked: a link is followed, a form
// submitted. Nil where neither is known to happen.
func (p *page) click(n *html.Node) *submission {
	for up := n; up != nil; up = up.Parent {
		switch {
		case up.DataAtom == atom.A && attribute(up, "href") != "":
			if to, err := p.to(attribute(up, "href")); err == nil {
				return &submission{"GET", to, nil}
			}
			return nil
		case up.DataAtom == atom.Form:
			return p.submit(up, n)
		}
	}
	return nil
}

// refresh is where the page sends the agent by itself within five seconds; nil
// for a page that stays or shows itself anew.
func (p *page) refresh() *url.URL {
	for _, n := range p.elements(atom.Meta) {
		if strings.EqualFold(attribute(n, "http-equiv"), "refresh") {
			return p.refreshed(attribute(n, "content"))
		}
	}
	return nil
}

// refreshed reads "0; url=/there", as the header Refresh has it, too.
func (p *page) refreshed(text string) *url.URL {
	seconds, rest, found := strings.Cut(text, ";")
	after, err := strconv.ParseFloat(strings.TrimSpace(seconds), 64)
	if !found || err != nil || after < 0 || after > 5 {
		return nil
	}
	rest = strings.TrimSpace(rest)
	if len(rest) > 4 && strings.EqualFold(rest[:3], "url") {
		rest = strings.TrimSpace(rest[3:])
		rest = strings.TrimSpace(strings.TrimPrefix(rest, "="))
	}
	to, err := p.to(strings.Trim(rest, `"'`))
	if err != nil || rest == "" || to.String() == p.at.String() {
		return nil
	}
	return to
}
