// Package clients lets relying parties that nobody here wrote sign users in at
// the honest provider of package mockidp: golang.org/x/oauth2 with
// coreos/go-oidc, zitadel/oidc, and openid-client on Node. It holds tests alone:
//
//	go test ./...
package clients
