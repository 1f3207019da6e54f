package reports

import "math"

// A share is a part of a column: how much of its time a state has, as a height.
type share struct {
	state               int
	x, y, width, height float64 // y is below the top of the lane
}

// sharesOf cuts spells that change faster than can be drawn into columns, each as
// wide as the narrowest spell that would be drawn by itself, and each state has
// the part of its height that it has of its time, and a little more where it is
// trouble, so that it is seen.
func sharesOf(all []spell, from, to float64) []share {
	n := int(math.Ceil((to - from) / thin))
	parts := make([][len(bandStates)]float64, n)
	there := make([][len(bandStates)]bool, n)
	for _, s := range all {
		for i := min(n-1, int((s.from-from)/thin)); i < n; i++ {
			start, end := max(s.from, from+float64(i)*thin), min(s.to, from+float64(i+1)*thin)
			parts[i][s.state] += max(0, end-start)
			there[i][s.state] = true
			if end >= s.to {
				break
			}
		}
	}
	var shares []share
	for i := range n {
		x := from + float64(i)*thin
		for _, s := range stack(parts[i], there[i]) {
			s.x, s.width = x, min(thin, to-x)
			shares = append(shares, s)
		}
	}
	return shares
}

// stack puts the states of a column upon one another, the trouble on top.
func stack(parts [len(bandStates)]float64, there [len(bandStates)]bool) []share {
	sum, left := 0.0, bandHeight
	for state, part := range parts {
		sum += part
		if there[state] && state != accepting {
			left -= least
		}
	}
	var shares []share
	bottom := bandHeight
	for state, part := range parts {
		height := 0.0
		if there[state] && state != accepting {
			height = least
		}
		if sum > 0 {
			height += left * part / sum
		}
		if height == 0 {
			continue
		}
		bottom -= height
		shares = append(shares, share{state: state, y: max(0, bottom), height: height})
	}
	if sum == 0 && len(shares) > 0 {
		// Moments without any length have the column to themselves.
		stretch(shares)
	}
	return shares
}

// stretch makes shares alike that fill the height together.
func stretch(shares []share) {
	height := bandHeight / float64(len(shares))
	for i := range shares {
		shares[i].height, shares[i].y = height, bandHeight-height*float64(i+1)
	}
}
