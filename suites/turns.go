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
	defer p.slots.comeBack()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter and leave take and give back a worker's slot.
func (p *Player) enter(ctx context.Context) error { return p.slots.enter(ctx) }

func (p *Player) leave() { p.slots.leave() }

// among takes the target, for one worker among others or for one alone, and
// returns what gives it back.
func (p *Player) among(alone bool) (done func()) {
	if alone {
		p.quiet.Lock()
		return p.quiet.Unlock
	}
	p.quiet.RLock()
	return p.quiet.RUnlock
}
