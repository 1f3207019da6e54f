// Package honest lets the honest provider of package mockidp be judged by
// libraries that nobody here wrote: coreos/go-oidc, go-jose, golang-jwt and
// lestrrat-go/jwx. It holds tests alone:
//
//	go test ./...
package honest
