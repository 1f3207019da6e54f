package mockidp

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"time"
)

// As much of HTTP/2 (RFC 9113) as it takes to begin an answer and break it
// off. A server that can only do it right is of no use for that.

// The types of frames, the flags and the error codes that are spoken of here
// (RFC 9113 sections 6 and 7).
const (
	frameData         = 0
	frameHeaders      = 1
	frameReset        = 3
	frameSettings     = 4
	framePing         = 6
	frameGoAway       = 7
	frameContinuation = 9

	flagAck        = 0x1
	flagEndHeaders = 0x4

	noError       = 0
	internalError = 2
)

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// speakHTTP2 serves one connection on which HTTP/2 was agreed upon, which
// happens where a fault wants to break it.
func (d *door) speakHTTP2(_ *http.Server, conn *tls.Conn, _ http.Handler) {
	defer conn.Close()
	m, ok := conn.NetConn().(*meeting)
	if !ok {
		return
	}
	late := time.AfterFunc(10*time.Second, func() { _ = conn.NetConn().Close() })
	defer late.Stop()
	opening := make([]byte, len(preface))
	if _, err := io.ReadFull(conn, opening); err != nil || string(opening) != preface {
		return
	}
	if writeFrame(conn, frameSettings, 0, 0, nil) != nil {
		return
	}
	for {
		stream, err := nextRequest(conn)
		if err != nil {
			return
		}
		m.note(m.atAsked)
		if err := d.breakOff(conn, m.HTTP2, stream); err != nil {
			d.tenant.provider.log("HTTP/2 to tenant %s: %v", d.tenant.Name(), err)
			return
		}
		if m.HTTP2 != "rst-stream" {
			// Not closed before it was heard: a reset would overtake it.
			_ = conn.CloseWrite()
			_, _ = io.Copy(io.Discard, conn)
			return
		}
	}
}

// breakOff begins to answer a request, or not even that. Every request on this
// connection is for the one endpoint that the door leads to.
func (d *door) breakOff(w io.Writer, by string, stream uint32) error {
	goAway := func(last, code uint32) error {
		return writeFrame(w, frameGoAway, 0, 0, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), code))
	}
	if by == "goaway" {
		return goAway(0, noError)
	}
	endpoint := Discovery
	if d.keys {
		endpoint = KeySet
	}
	body, err := d.tenant.Served(endpoint)
	if err != nil {
		return err
	}
	// ":status: 200" stands in the static table of HPACK as number 8,
	// "content-type" as number 31 (RFC 7541 appendix A).
	headers := []byte{0x80 | 8, 0x0f, 31 - 15, byte(len(jsonType[0]))}
	headers = append(headers, jsonType[0]...)
	err = errors.Join(
		writeFrame(w, frameHeaders, flagEndHeaders, stream, headers),
		writeFrame(w, frameData, 0, stream, body[:min(len(body)/2, 16<<10)]),
	)
	if err != nil {
		return err
	}
	if by == "rst-stream" {
		return writeFrame(w, frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, internalError))
	}
	return goAway(stream, internalError)
}

// nextRequest reads up to the end of the next header block, and does what a
// client may expect on the way.
func nextRequest(conn io.ReadWriter) (stream uint32, err error) {
	for {
		kind, flags, stream, payload, err := readFrame(conn)
		if err != nil {
			return 0, err
		}
		switch kind {
		case frameSettings:
			if flags&flagAck == 0 {
				err = writeFrame(conn, frameSettings, flagAck, 0, nil)
			}
		case framePing:
			if flags&flagAck == 0 {
				err = writeFrame(conn, framePing, flagAck, 0, payload)
			}
		case frameGoAway:
			return 0, io.EOF
		case frameHeaders, frameContinuation:
			if flags&flagEndHeaders != 0 {
				return stream, nil
			}
		}
		if err != nil {
			return 0, err
		}
	}
}

func readFrame(r io.Reader) (kind, flags byte, stream uint32, payload []byte, err error) {
	var head [9]byte
	if _, err = io.ReadFull(r, head[:]); err != nil {
		return
	}
	// No larger frame was offered (RFC 9113 section 4.2).
	length := int(head[0])<<16 | int(head[1])<<8 | int(head[2])
	if length > 16<<10 {
		return 0, 0, 0, nil, errors.New("a frame of more than 16384 octets")
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(r, payload)
	return head[3], head[4], binary.BigEndian.Uint32(head[5:]) &^ (1 << 31), payload, err
}

func writeFrame(w io.Writer, kind, flags byte, stream uint32, payload []byte) error {
	n := len(payload)
	frame := []byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags}
	frame = append(binary.BigEndian.AppendUint32(frame, stream), payload...)
	_, err := w.Write(frame)
	return err
}
