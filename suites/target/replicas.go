package target

import (
	"context"
	"fmt"
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

// agreed is the one verdict that many come to.
func agreed(verdicts []Verdict) Verdict {
	grants := []Answer{Accept, Unavailable, Reject} // the most first
	counts, subjects := map[Answer]int{}, map[string]int{}
	worst := verdicts[0]
	for _, v := range verdicts {
		counts[v.Answer]++
		if v.Answer == Accept {
			subjects[string(v.Claims)]++
		}
		for _, g := range grants {
			if worst.Answer == g {
				break
			}
			if v.Answer == g {
				v.Took, v.Late = max(v.Took, worst.Took), v.Late || worst.Late
				worst = v
				break
			}
		}
		worst.Took, worst.Late = max(worst.Took, v.Took), worst.Late || v.Late
	}
	var said []string
	for _, g := range grants {
		if counts[g] > 0 {
			said = append(said, fmt.Sprintf("%d of %d answered %s", counts[g], len(verdicts), g))
		}
	}
	switch {
	case len(said) > 1:
		worst.Split = strings.Join(said, ", ")
	case len(subjects) > 1:
		worst.Split = fmt.Sprintf("they signed in %d different users", len(subjects))
	}
	return worst
}
