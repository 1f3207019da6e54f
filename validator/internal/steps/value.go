package steps

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// A Value is the JSON text of a member's value as it was received; the empty
// one is no member at all. What it means is decided where it is used, never
// by converting one type into another.
type Value string

// Present tells whether there is such a member.
func (v Value) Present() bool { return v != "" }

// Text is the value of a JSON string.
func (v Value) Text() (string, bool) {
	if len(v) < 2 || v[0] != '"' {
		return "", false
	}
	if strings.IndexByte(string(v), '\\') < 0 {
		return string(v[1 : len(v)-1]), true
	}
	text, err := jsontext.AppendUnquote(nil, string(v))
	return string(text), err == nil
}

// Texts appends the values of a JSON array of strings.
func (v Value) Texts(dst []string) ([]string, bool) {
	if v == "" || v[0] != '[' {
		return dst, false
	}
	var room [4]Value
	elements, err := readArray(room[:0], string(v))
	if err != nil {
		return dst, false
	}
	for _, e := range elements {
		text, ok := e.Text()
		if !ok {
			return dst, false
		}
		dst = append(dst, text)
	}
	return dst, true
}

// lastSecond is the end of the year 9999. Times beyond it are milliseconds,
// mistakes or traps.
const lastSecond = 253402300799

// Time is the value of a NumericDate: seconds since 1970, as a JSON number,
// with a fraction or without (RFC 7519, 2). What no calendar holds is no
// time.
func (v Value) Time() (time.Time, bool) {
	const longest = 32
	if v == "" || len(v) > longest || v[0] != '-' && (v[0] < '0' || v[0] > '9') {
		return time.Time{}, false
	}
	if whole, err := strconv.ParseInt(string(v), 10, 64); err == nil {
		return time.Unix(whole, 0), -lastSecond <= whole && whole <= lastSecond
	}
	seconds, err := strconv.ParseFloat(string(v), 64)
	if err != nil || math.Abs(seconds) > lastSecond {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*float64(time.Second))), true
}
