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
