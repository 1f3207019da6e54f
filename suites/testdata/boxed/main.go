// Command boxed is what tests put into containers: an API on package validator, a relying party,
// an adapter, or something that does not get that far.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rogueidp/rogueidp/suites/target"
	"github.com/rogueidp/rogueidp/validator"
)

func main() {
	log.SetFlags(0)
	modes := map[string]func() error{"": api, "api": api, "adapter": adapter, "party": party, "exits": exits, "deaf": deaf, "writes": writes, "check": check}
	mode, known := modes[os.Getenv("MODE")]
	if !known {
		log.Fatalf("no mode is called %s", os.Getenv("MODE"))
	}
	if err := mode(); err != nil {
		log.Fatal(err)
	}
}

func exits() error { return errors.New("the database is not there, so there is nothing to do") }

// deaf runs, and opens no port.
func deaf() error {
	log.Print("thinking about it")
	<-time.After(time.Hour)
	return nil
}

// check tells whether somebody listens, as a restart does that waits for it.
func check() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		conn, err := net.Dial("tcp", os.Getenv("ADDRESS"))
		if err == nil {
			return conn.Close()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("it is gone")
		}
	}
}

// writes has to write beside itself before it can work.
func writes() error {
	if err := os.WriteFile("/state", []byte("x"), 0o600); err != nil {
		return err
	}
	return api()
}

// api takes bearer tokens. Where EAGER is set it does not start without the
// issuer's metadata.
func api() error {
	ca, err := os.ReadFile(os.Getenv("CA_FILE"))
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return errors.New("no authority in CA_FILE")
	}
	v, err := validator.New(validator.Config{
		Issuer: os.Getenv("ISSUER"), ClientID: os.Getenv("CLIENT_ID"), Kind: validator.BearerJWT,
		HTTPClient: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}},
	})
	if err != nil {
		return err
	}
	if os.Getenv("EAGER") != "" {
		if err := eager(pool); err != nil {
			return err
		}
	}
	log.Printf("an API for %s, whose secret is %s", os.Getenv("ISSUER"), os.Getenv("CLIENT_SECRET"))
	http.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) { log.Fatal("somebody asked for it") })
	http.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		claims, err := v.Validate(r.Context(), token)
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		fmt.Fprintf(w, `{"sub":%q}`, claims.Subject)
	})
	return http.ListenAndServe(address(), nil)
}

// eager is an API that reads the metadata as it starts, and looks at the issuer.
func eager(pool *x509.CertPool) error {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	resp, err := client.Get(os.Getenv("ISSUER") + "/.well-known/openid-configuration")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var metadata struct{ Issuer string }
	if err := json.NewDecoder(resp.Body).Decode(&metadata); err != nil {
		return fmt.Errorf("the metadata does not read: %w", err)
	}
	if metadata.Issuer != os.Getenv("ISSUER") {
		return fmt.Errorf("the metadata is of %q", metadata.Issuer)
	}
	return nil
}

// address is where to listen: in a container, everywhere.
func address() string {
	if own := os.Getenv("ADDRESS"); own != "" {
		return own
	}
	return ":8080"
}

// adapter speaks the adapter protocol over HTTP, for the reference.
func adapter() error {
	t, err := target.Open(context.Background(), "go:reference", target.Options{})
	if err != nil {
		return err
	}
	in, messages := io.Pipe()
	answers, out := io.Pipe()
	go func() { _ = target.Serve(context.Background(), t, in, out) }()
	var mu, line sync.Mutex // the table of who waits, and the way in
	waiting := map[int]chan []byte{}
	go func() {
		for lines := bufio.NewReader(answers); ; {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				log.Fatal(err)
			}
			mu.Lock()
			to := waiting[seq(line)]
			delete(waiting, seq(line))
			mu.Unlock()
			if to != nil {
				to <- line
			}
		}
	}()
	http.HandleFunc("/validate", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		answer := make(chan []byte, 1)
		mu.Lock()
		waiting[seq(body)] = answer
		mu.Unlock()
		line.Lock()
		_, err = messages.Write(append(body, '\n'))
		line.Unlock()
		if err != nil {
			log.Fatal(err)
		}
		select {
		case line := <-answer:
			_, _ = w.Write(line)
		case <-r.Context().Done():
		}
	})
	return http.ListenAndServe(":8080", nil)
}

func seq(line []byte) int {
	var m struct {
		Seq int `json:"seq"`
	}
	_ = json.Unmarshal(line, &m)
	return m.Seq
}
