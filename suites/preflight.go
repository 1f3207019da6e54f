package suites

import "context"

// Preflight shows the target one honest token before anything is played. If it
// is refused, the answer is one sentence that says what is wrong and what to
// change, as [Examine] finds it; empty if all is well.
func (p *Player) Preflight(ctx context.Context) string {
	if wrong := p.fit(); wrong != "" {
		return wrong
	}
	d := &doctor{spec: p.spec, p: p, brief: true, seen: map[string]string{}}
	if d.ask(ctx); ctx.Err() != nil {
		return "" // an interruption says nothing about the target
	}
	return d.says
}
