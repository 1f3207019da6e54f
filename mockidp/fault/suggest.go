package fault

// suggest is `; did you mean "x"?` for the word of the list that is nearest to
// w, or nothing where none is near.
func suggest(w string, list []string) string {
	if near := Nearest(w, list); near != "" {
		return `; did you mean "` + near + `"?`
	}
	return ""
}

// Nearest is the word of the list that the fewest insertions, deletions,
// replacements and swaps turn w into, if they are no more than half of its
// length; else empty.
func Nearest(w string, list []string) string {
	best, distance := "", max(2, (len(w)+1)/2)+1
	for _, candidate := range list {
		if d := edits(w, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// edits is the optimal string alignment distance.
func edits(a, b string) int {
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(old[j+1]+1, row[j]+1, old[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(b)]
}
