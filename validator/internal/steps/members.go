package steps

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// A Member is one member of a JSON object.
type Member struct {
	// Name has its escapes undone.
	Name  string
	Value Value
}

// maxDepth bounds how deep arrays and objects may nest (RFC 8259, 9). It
// keeps a small document from growing a large stack.
const maxDepth = 64

// readObject reads one complete JSON object and nothing behind it. Names
// occur once, at every depth; the text is UTF-8 and follows the grammar to
// the letter (RFC 7515, 4 and 10.12; RFC 7519, 4 and 7.2).
func readObject(dst []Member, text string) ([]Member, error) {
	return ReadMembers(dst, text)
}

// readShallow is readObject for a document that holds other people's
// objects: a name that occurs twice inside one of them is theirs to answer
// for, so that one odd key does not spoil its set.
func readShallow(dst []Member, text string) ([]Member, error) {
	members, err := ReadMembers(dst, text, jsontext.AllowDuplicateNames(true))
	if err != nil {
		return nil, err
	}
	// A document can hold a hundred thousand of them.
	seen := make(map[string]struct{}, min(len(members), 64))
	for _, m := range members {
		if _, twice := seen[m.Name]; twice {
			return nil, fmt.Errorf("the member %s occurs twice", excerpt(m.Name))
		}
		seen[m.Name] = struct{}{}
	}
	return members, nil
}

// ReadMembers is readObject under other options of the reader.
func ReadMembers(dst []Member, text string, opts ...jsontext.Options) ([]Member, error) {
	if err := boundDepth(text); err != nil {
		return nil, err
	}
	d := openDocument(text, opts...)
	defer d.close()
	if d.PeekKind() != '{' {
		return nil, errors.New("the document is not a JSON object")
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() != '}' {
		quoted, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end := int(d.InputOffset())
		name, ok := Value(text[end-len(quoted) : end]).Text()
		if !ok {
			return nil, errors.New("a member has no name")
		}
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end = int(d.InputOffset())
		dst = append(dst, Member{Name: name, Value: Value(text[end-len(value) : end])})
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	return dst, d.end()
}

// readArray reads one complete JSON array and nothing behind it.
func readArray(dst []Value, text string) ([]Value, error) {
	d := openDocument(text, jsontext.AllowDuplicateNames(true))
	defer d.close()
	if d.PeekKind() != '[' {
		return nil, errors.New("the value is not a JSON array")
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	for d.PeekKind() != ']' {
		value, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end := int(d.InputOffset())
		dst = append(dst, Value(text[end-len(value):end]))
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	return dst, d.end()
}

// document is a strict reader with the memory it reads from, used again for
// the next text.
type document struct {
	jsontext.Decoder
	buffer bytes.Buffer
}

var documents = sync.Pool{New: func() any { return new(document) }}

func openDocument(text string, opts ...jsontext.Options) *document {
	d := documents.Get().(*document)
	d.buffer.Reset()
	d.buffer.WriteString(text)
	d.Reset(&d.buffer, opts...)
	return d
}

func (d *document) end() error {
	switch _, err := d.ReadToken(); err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("something stands behind the end of the document")
	default:
		return err
	}
}

func (d *document) close() {
	const worthKeeping = 64 << 10
	if d.buffer.Cap() <= worthKeeping {
		documents.Put(d)
	}
}

// boundDepth counts brackets first: a text that has few of them cannot nest
// deep, and that is nearly every text.
func boundDepth(text string) error {
	if strings.Count(text, "{")+strings.Count(text, "[") <= maxDepth {
		return nil
	}
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fmt.Errorf("the document nests deeper than %d levels", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
