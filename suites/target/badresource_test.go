package target

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// rawServer answers every connection by hand, after it has read a request. It
// counts what it could send.
func rawServer(t *testing.T, config *tls.Config, answer func(w io.Writer, done <-chan struct{})) (addr string, sent *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	sent = &atomic.Int64{}
	done := make(chan struct{})
	t.Cleanup(func() { close(done); l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				for {
					if first, err := r.Peek(1); err != nil || first[0] == 22 {
						break // a handshake, of which one record is enough
					}
					line, err := r.ReadString('\n')
					if err != nil || line == "\r\n" {
						break
					}
				}
				answer(countingWriter{conn, sent}, done)
			}()
		}
	}()
	return l.Addr().String(), sent
}

type countingWriter struct {
	io.Writer
	n *atomic.Int64
}

func (c countingWriter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	c.n.Add(int64(n))
	return n, err
}

// bomb is 256 MiB of nothing, in a quarter of one.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	nothing := make([]byte, 1<<20)
	for range 256 {
		if _, err := w.Write(nothing); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a resource does, there is a clear outcome, and little is read.
func TestBadResources(t *testing.T) {
	t.Parallel()
	forEver := func(w io.Writer, piece string) {
		for {
			if _, err := io.WriteString(w, piece); err != nil {
				return
			}
		}
	}
	say := func(text string) func(io.Writer, <-chan struct{}) {
		return func(w io.Writer, _ <-chan struct{}) { _, _ = io.WriteString(w, text) }
	}
	long := strings.Repeat("x", 4096)
	bombed := bomb(t)
	own := httptest.NewTLSServer(nil)
	certificates := own.TLS.Certificates
	own.Close()
	for _, c := range []struct {
		name   string
		answer func(w io.Writer, done <-chan struct{})
		scheme string
		tls    *tls.Config
		want   string // the verdict, or the kind of error
		says   string
	}{
		{name: "redirects for ever", answer: say("HTTP/1.1 302 Found\r\nLocation: /me\r\nContent-Length: 0\r\n\r\n"), want: "garbled", says: "--login-page"},
		{name: "sends 100 MB", answer: func(w io.Writer, _ <-chan struct{}) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
			forEver(w, long)
		}, want: "accept"},
		{name: "refuses in 100 MB", answer: func(w io.Writer, _ <-chan struct{}) {
			_, _ = io.WriteString(w, "HTTP/1.1 401 No\r\nContent-Length: 100000000\r\n\r\n")
			forEver(w, long)
		}, want: "reject"},
		{name: "gzip bomb", answer: func(w io.Writer, _ <-chan struct{}) {
			fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", len(bombed))
			_, _ = w.Write(bombed)
		}, want: "accept"},
		{name: "no gzip", answer: say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\nabcdefghijabcdefghij"), want: "garbled", says: "no HTTP"},
		{name: "never answers", answer: func(_ io.Writer, done <-chan struct{}) { <-done }, want: "unavailable", says: "no answer in"},
		{name: "hangs in the body", answer: func(w io.Writer, done <-chan struct{}) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
			<-done
		}, want: "unavailable", says: "it began to answer with 200, and did not end"},
		{name: "hangs in the body of a refusal", answer: func(w io.Writer, done <-chan struct{}) {
			_, _ = io.WriteString(w, "HTTP/1.1 401 No\r\nContent-Length: 100\r\n\r\n{")
			<-done
		}, want: "reject"},
		{name: "drips", answer: func(w io.Writer, done <-chan struct{}) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for tick := time.NewTicker(50 * time.Millisecond); ; {
				select {
				case <-done:
					return
				case <-tick.C:
					if _, err := io.WriteString(w, "1\r\nx\r\n"); err != nil {
						return
					}
				}
			}
		}, want: "unavailable", says: "did not end"},
		{name: "a header without end", answer: func(w io.Writer, _ <-chan struct{}) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\n")
			forEver(w, "X-More: "+long+"\r\n")
		}, want: "garbled", says: "more than 256 KiB"},
		{name: "one line without end", answer: func(w io.Writer, _ <-chan struct{}) { forEver(w, long) }, want: "garbled", says: "more than 256 KiB"},
		{name: "1xx for ever", answer: func(w io.Writer, _ <-chan struct{}) { forEver(w, "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n") }, want: "garbled", says: "more than 256 KiB"},
		{name: "closes at once", answer: func(io.Writer, <-chan struct{}) {}, want: "crashed"},
		{name: "closes in the header", answer: say("HTTP/1.1 200 OK\r\nX-A: "), want: "crashed"},
		{name: "closes in the body", answer: say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), want: "crashed", says: "breaks off"},
		{name: "HTTP/0.9", answer: say("<html>signed in as alice</html>"), want: "garbled", says: "no HTTP"},
		{name: "no status", answer: say("HTTP/1.1 banana\r\n\r\n"), want: "garbled", says: "no HTTP"},
		{name: "two lengths", answer: say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), want: "garbled", says: "no HTTP"},
		{name: "no TLS", scheme: "https", answer: say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), want: "garbled", says: "begins with https"},
		{name: "TLS of nobody", scheme: "https", tls: &tls.Config{Certificates: certificates}, answer: say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), want: "garbled", says: "is not trusted here"},
		{name: "TLS that breaks", scheme: "https", answer: func(w io.Writer, _ <-chan struct{}) {
			_, _ = w.Write([]byte{22, 3, 3, 0, 4, 2, 0, 0, 0})
			_, _ = w.Write(make([]byte, 100))
		}, want: "garbled", says: "TLS"},
		{name: "TLS that ends in an alert", scheme: "https", tls: &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return nil, errors.New("not today")
		}}, answer: say(""), want: "garbled", says: "its TLS breaks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			addr, sent := rawServer(t, c.tls, c.answer)
			scheme := c.scheme
			if scheme == "" {
				scheme = "http"
			}
			s := sessionAt(t, scheme+"://"+addr+"/me", Options{})
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			v, err := s.Try(ctx, Attempt{Token: "a.b.c", Deadline: 200 * time.Millisecond})
			got, said := string(v.Answer), v.Reason
			var garbled *Garbled
			var crashed *Crashed
			switch {
			case errors.As(err, &garbled):
				got, said = "garbled", garbled.How
			case errors.As(err, &crashed):
				got, said = "crashed", crashed.How
			case err != nil:
				t.Fatal(err)
			}
			if got != c.want || !strings.Contains(said, c.says) {
				t.Errorf("%s (%.200s), not %s (%s)", got, said, c.want, c.says)
			}
			if len(said) > maxAnswer+maxAnswerHeader {
				t.Errorf("it keeps %d octets of what was said", len(said))
			}
			// What sockets hold on both sides is little, and nobody asks for more.
			if n := sent.Load(); n > 32<<20 {
				t.Errorf("%d MiB were read", n>>20)
			}
		})
	}
	// A connection that nobody takes.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	var crashed *Crashed
	if _, err := sessionAt(t, "http://"+l.Addr().String(), Options{}).Try(context.Background(), Attempt{Token: "a"}); !errors.As(err, &crashed) || !strings.Contains(crashed.How, "refused") {
		t.Error(err)
	}
}
