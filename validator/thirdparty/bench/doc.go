// Package bench compares the speed of the reference validator with that of
// the bare signature check and of the libraries that people use. Run it with
//
//	go test -bench . -benchtime 1x
//
// What is compared takes turns, pair by pair (package measure), and a bound that
// is missed fails the run.
package bench
