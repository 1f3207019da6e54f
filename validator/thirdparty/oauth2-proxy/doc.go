// Package oauth2proxy holds nothing but the version of oauth2-proxy that tests
// run as a relying party; make servers builds it.
package oauth2proxy
