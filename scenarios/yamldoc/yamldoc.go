// Package yamldoc reads YAML that a stranger wrote: within limits, with a line
// for every value, and without the readings of YAML that depend on the reader.
// A number is one of JSON, true and false are spelled so, and every name of a
// mapping is there once.
package yamldoc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a file may be at most. An alias counts as all that it stands for.
const (
	MaxBytes     = 1 << 20
	MaxTokens    = 50_000
	MaxDepth     = 40
	MaxValues    = 100_000
	MaxDocuments = 100
)

// Read reads the documents of a file. Errors name the file and the line. A file
// without a document that says something has none.
func Read(file string) ([]*Node, error) {
	about, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !about.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: it is no file that could be read to its end", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return Parse(file, text)
}

// Parse is [Read] for a text; file is the name that errors give it.
func Parse(file string, text []byte) ([]*Node, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("%s:1: it has more than %d octets; split it", file, MaxBytes)
	}
	if at := invalid(text); at > 0 {
		return nil, fmt.Errorf("%s:%d: it is no UTF-8 text", file, at)
	}
	tokens, parsed, err := parse(file, string(text))
	if err != nil {
		return nil, err
	}
	r := &reader{anchors: map[string]*Node{}}
	var docs []*Node
	for _, d := range parsed.Docs {
		if d.Body == nil {
			continue
		}
		clear(r.anchors) // an anchor is known in its document alone
		n, err := r.read(d.Body, 1)
		if err != nil {
			return nil, in(file, err)
		}
		docs = append(docs, n)
	}
	if err := r.overlooked(tokens); err != nil {
		return nil, in(file, err)
	}
	return docs, nil
}

// parse has the library read a text. It panics for some, such as a tag with
// nothing after it, and a file that somebody wrote brings no run down.
func parse(file, text string) (tokens token.Tokens, parsed *ast.File, err error) {
	defer func() {
		if why := recover(); why != nil {
			err = fmt.Errorf("%s: the YAML reader cannot make anything of it (%v); leave out tags, anchors and whatever else plain YAML does without", file, why)
		}
	}()
	tokens = lexer.Tokenize(text)
	if err := survey(tokens); err != nil {
		return nil, nil, in(file, err)
	}
	if parsed, err = parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()); err != nil {
		return nil, nil, misread(file, err)
	}
	return tokens, parsed, nil
}

// An Error is what is wrong in a line.
type Error struct {
	Line int
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func wrong(line int, format string, args ...any) error {
	return &Error{line, fmt.Errorf(format, args...)}
}

// in says which file an error is about.
func in(file string, err error) error {
	if e := (*Error)(nil); errors.As(err, &e) {
		return fmt.Errorf("%s:%d: %w", file, e.Line, err)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// misread says where a file is no YAML.
func misread(file string, err error) error {
	if at := yaml.Error(nil); errors.As(err, &at) && at.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", file, at.GetToken().Position.Line, at.GetMessage())
	}
	return fmt.Errorf("%s: %w", file, err)
}

// invalid is the line in which a text ceases to be UTF-8, 0 where it does not.
func invalid(text []byte) int {
	line := 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			return line
		}
		if r == '\n' {
			line++
		}
		text = text[size:]
	}
	return 0
}

// survey refuses, before it is parsed, a text on which a parser that calls
// itself for everything nested would spend too long or too much.
func survey(tokens token.Tokens) error {
	if len(tokens) > MaxTokens {
		return wrong(tokens[MaxTokens].Position.Line, "it has more than %d words and signs; split it", MaxTokens)
	}
	documents, flow, line := 0, 0, 0
	var columns []int
	for _, t := range tokens {
		begins := t.Position.Line != line
		line = t.Position.Line
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.DocumentHeaderType:
			documents++
			columns, flow = nil, 0
		case token.DirectiveType:
			return wrong(line, "a directive, which changes how the rest is read; leave it out")
		case token.MergeKeyType:
			return wrong(line, "a merge (<<), which readers understand in different ways; write the members out")
		}
		if flow == 0 && (begins || t.Type == token.SequenceEntryType || t.Type == token.MappingKeyType) {
			for len(columns) > 0 && columns[len(columns)-1] >= t.Position.Column {
				columns = columns[:len(columns)-1]
			}
			columns = append(columns, t.Position.Column)
		}
		if flow+len(columns) > MaxDepth {
			return wrong(line, "it is nested more than %d deep", MaxDepth)
		}
		if documents > MaxDocuments {
			return wrong(line, "it has more than %d documents; split it", MaxDocuments)
		}
	}
	return nil
}

// scalars are the tokens that say something by themselves.
var scalars = []token.Type{
	token.StringType, token.DoubleQuoteType, token.SingleQuoteType, token.IntegerType, token.FloatType,
	token.BinaryIntegerType, token.OctetIntegerType, token.HexIntegerType,
	token.BoolType, token.NullType, token.InfinityType, token.NanType,
}

// overlooked is an error where the parser has dropped a word of the text, which
// it does in odd places: what somebody wrote must not vanish.
func (r *reader) overlooked(tokens token.Tokens) error {
	for _, t := range tokens {
		if slices.Contains(scalars, t.Type) && !r.seen[place(t)] {
			return wrong(t.Position.Line, "%q stands where nothing would read it", cut(t.Value))
		}
	}
	return nil
}

func place(t *token.Token) int { return t.Position.Offset }

func cut(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
