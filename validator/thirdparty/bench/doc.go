// Package bench compares the speed of the reference validator with that of
// the bare signature check and of the libraries that people use. Run it with
//
//	go test -bench . -benchtime 1x
//
// Each comparison is made in pairs that take turns, so that a busy machine
// slows both alike; what counts is the median of the pairs' ratios.
package bench
