//go:build unix

package mockidp

import (
	"net"
	"syscall"
)

// reserve binds an address without listening there, so that it refuses all
// connections and nobody else is given its port.
func reserve(addr *net.TCPAddr) (release func(), err error) {
	family, name := syscall.AF_INET6, syscall.Sockaddr(&syscall.SockaddrInet6{Port: addr.Port, Addr: [16]byte(addr.IP.To16())})
	if four := addr.IP.To4(); four != nil {
		family, name = syscall.AF_INET, &syscall.SockaddrInet4{Port: addr.Port, Addr: [4]byte(four)}
	}
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, err
	}
	if err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err == nil {
		err = syscall.Bind(fd, name)
	}
	if err != nil {
		_ = syscall.Close(fd)
		return nil, err
	}
	return func() { _ = syscall.Close(fd) }, nil
}
