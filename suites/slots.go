package suites

import (
	"context"
	"time"
)

// wait lets real time pass without keeping a worker's slot.
func (p *Player) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	p.leave()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return p.enter(ctx)
	case <-ctx.Done():
		_ = p.enter(context.WithoutCancel(ctx))
		return ctx.Err()
	}
}

// enter and leave take and give back a worker's slot.
func (p *Player) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Player) leave() { <-p.slots }

// yield gives the slot back while a worker waits for another one, and resume
// takes one again: or all slots could be held by those who wait for somebody that
// waits for a slot. Who holds none yields to nobody.
func (p *Player) yield() (resume func()) {
	select {
	case <-p.slots:
		return func() { _ = p.enter(context.Background()) }
	default:
		return func() {}
	}
}

// among takes the target, for one worker among others or for one alone, and
// returns what gives it back.
func (p *Player) among(alone bool) (done func()) {
	resume := p.yield()
	defer resume()
	if alone {
		p.quiet.Lock()
		return p.quiet.Unlock
	}
	p.quiet.RLock()
	return p.quiet.RUnlock
}
