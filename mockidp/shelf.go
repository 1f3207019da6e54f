package mockidp

import "crypto/sha256"

// A shelf holds what can be found again by a text that nobody guesses: codes,
// tokens, cookies. It has room for so many things; the oldest goes first. It
// keeps hashes of the texts, so that neither their length nor the time of a
// look-up says anything of them. Whoever uses it holds a lock.
type shelf[T any] struct {
	room  int
	kept  map[[sha256.Size]byte]T
	order [][sha256.Size]byte
}

func newShelf[T any](room int) shelf[T] {
	return shelf[T]{room: room, kept: map[[sha256.Size]byte]T{}}
}

// put keeps a thing under a text, in place of what was there.
func (s *shelf[T]) put(text string, thing T) {
	key := sha256.Sum256([]byte(text))
	if _, replaced := s.kept[key]; !replaced {
		if len(s.order) >= s.room {
			delete(s.kept, s.order[0])
			s.order = s.order[1:]
		}
		s.order = append(s.order, key)
	}
	s.kept[key] = thing
}

// get is what stands under a text.
func (s *shelf[T]) get(text string) (T, bool) {
	thing, known := s.kept[sha256.Sum256([]byte(text))]
	return thing, known
}
