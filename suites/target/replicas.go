package target

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// maxReplicas is how many instances anybody puts behind an address for a test;
// each token is shown three times to each of them.
const maxReplicas = 32

// everywhere shows a token so often that each replica is likely to have seen it,
// three times as many times as there are, on connections of their own. Where all
// say the same, that is the answer; else the answer is the most that one of them
// granted, and Split says how they disagree.
func (b presented) everywhere(ctx context.Context, a Attempt) (Verdict, error) {
	verdicts := make([]Verdict, 3*b.Replicas)
	errs := make([]error, len(verdicts))
	var together sync.WaitGroup
	for i := range verdicts {
		together.Go(func() { verdicts[i], errs[i] = b.once(ctx, a) })
	}
	together.Wait()
	for _, err := range errs {
		if err != nil {
			return Verdict{}, err
		}
	}
	return agreed(verdicts), nil
}

// grants are the answers, the one that grants most first.
var grants = []Answer{Accept, Unavailable, Reject}

// agreed is the one verdict that many come to.
func agreed(verdicts []Verdict) Verdict {
	counts, users := map[Answer]int{}, map[string]bool{}
	one := slices.MinFunc(verdicts, func(a, b Verdict) int {
		return slices.Index(grants, a.Answer) - slices.Index(grants, b.Answer)
	})
	for _, v := range verdicts {
		counts[v.Answer]++
		if v.Answer == Accept {
			users[string(v.Claims)] = true
		}
		one.Took, one.Late = max(one.Took, v.Took), one.Late || v.Late
	}
	var said []string
	for _, g := range grants {
		if counts[g] > 0 {
			said = append(said, fmt.Sprintf("%d of %d answered %s", counts[g], len(verdicts), g))
		}
	}
	switch {
	case len(said) > 1:
		one.Split = strings.Join(said, ", ")
	case len(users) > 1:
		one.Split = fmt.Sprintf("they signed in %d different users", len(users))
	}
	return one
}
