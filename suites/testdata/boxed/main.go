// Command boxed is what tests put into containers: an API on package validator,
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
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/rogueidp/rogueidp/suites/target"
	"github.com/rogueidp/rogueidp/validator"
)

func main() {
	log.SetFlags(0)
	modes := map[string]func() error{"": api, "api": api, "adapter": adapter, "exits": exits, "deaf": deaf, "writes": writes}
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
	select {}
}

// writes has to write beside itself before it can work.
func writes() error {
	if err := os.WriteFile("/state", []byte("x"), 0o600); err != nil {
		return err
	}
	return api()
}

// api takes bearer tokens. Where LAX is set it does not look at the audience.
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
	return http.ListenAndServe(":8080", nil)
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
	var mu sync.Mutex
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
		_, err = messages.Write(append(body, '\n'))
		mu.Unlock()
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
