package target

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// maxLine is the longest line that an adapter may say. What it has to say is
// short; a longer one is a flood.
const maxLine = 16 << 20

var errFlood = errors.New("a line of more than 16 MiB")

// readLine reads up to a line break without keeping more than maxLine.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		piece, err := r.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case len(line) > maxLine:
			return line[:256], errFlood
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0:
			return line, nil
		}
		return line, err
	}
}

// parseReply reads one line of an adapter.
func parseReply(line []byte) (reply, error) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] != '{' {
		return reply{}, &Garbled{How: "a line on stdout that is no JSON object; log to stderr instead", Line: string(line[:min(len(line), 512)])}
	}
	var r reply
	if err := json.Unmarshal(line, &r); err != nil {
		return reply{}, &Garbled{How: "a line on stdout that does not read: " + err.Error(), Line: string(line[:min(len(line), 512)])}
	}
	if r.Seq == nil {
		return reply{}, &Garbled{How: "an answer without seq", Line: string(line[:min(len(line), 512)])}
	}
	r.Raw = line[:min(len(line), 2048)]
	return r, nil
}
