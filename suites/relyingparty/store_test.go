package relyingparty

import (
	"strconv"
	"testing"
	"time"
)

func TestSessionsAreBoundedAndExpire(t *testing.T) {
	now := clock()
	s := newSessions(3, time.Hour)
	for i := range 3 {
		s.add(&session{id: strconv.Itoa(i)}, now)
	}
	if s.get("0", now) == nil {
		t.Fatal("a session is gone too early")
	}
	s.add(&session{id: "3"}, now) // 1 was not seen for the longest time
	if s.get("1", now) != nil || s.get("0", now) == nil || s.seen.Len() != 3 || len(s.byID) != 3 {
		t.Errorf("%d sessions are kept, and not the three that were seen last", s.seen.Len())
	}
	if s.get("0", now.Add(time.Hour+time.Second)) != nil || len(s.byID) != 2 {
		t.Error("a session outlives its time")
	}
	s.endAll(func(one *session) bool { return one.id == "2" })
	s.end("3")
	s.replace(&session{id: "3"})
	if len(s.byID) != 0 || s.seen.Len() != 0 {
		t.Errorf("%d sessions are left", len(s.byID))
	}
}

func TestExpiringSetsAreBoundedAndExpire(t *testing.T) {
	now := clock()
	e := newExpiring(2, time.Minute)
	for _, step := range []struct {
		text  string
		after time.Duration
		fresh bool
	}{
		{"a", 0, true}, {"a", 0, false}, {"b", time.Second, true}, {"a", time.Second, true}, // full: the oldest made room
		{"b", time.Second, true}, {"b", time.Second, false}, {"b", 2 * time.Minute, true},
	} {
		now = now.Add(step.after)
		if got := e.add(step.text, now); got != step.fresh {
			t.Errorf("%s is new: %v", step.text, got)
		}
		if len(e.order) > 2 || len(e.until) > 2 {
			t.Errorf("%d texts are remembered", len(e.order))
		}
	}
}
