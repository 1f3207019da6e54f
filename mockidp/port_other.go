//go:build !unix

package mockidp

import "net"

// reserve leaves the port to whoever takes it: there is no way here to keep one
// that refuses connections.
func reserve(*net.TCPAddr) (release func(), err error) { return func() {}, nil }
