package scenarios

import (
	"testing"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

func TestSends(t *testing.T) {
	for _, s := range All() {
		if s.Sends() != s.Hazard {
			t.Errorf("%s is of hazard %s and sends %s", s.ID, s.Hazard, s.Sends())
		}
	}
	many := Present{Times: 50}
	for _, one := range []struct {
		s    Scenario
		want Hazard
	}{
		{Scenario{Hazard: Harmless, IdP: does(fault.SignWith{Alg: "none"})}, Harmless},
		{Scenario{Hazard: Injection, IdP: does(fault.SignWith{Alg: "none"})}, Injection},
		{Scenario{Hazard: Harmless, Plot: plot(many, many)}, Harmless},
		{Scenario{Hazard: Harmless, Plot: plot(many, many, Present{})}, Flood},
		{Scenario{Hazard: Harmless, Plot: plot(Repeat{Times: 3, Do: plot(many)})}, Flood},
		{Scenario{Hazard: Harmless, Cases: []Case{{}, {Plot: plot(Sessions{Times: 101})}}}, Flood},
		{Scenario{Hazard: Harmless, Plot: plot(Inject{IdP: does(fault.AnswerEndlessly{Endpoint: "keyset"})})}, Exhaustion},
		{Scenario{Hazard: Harmless, IdP: does(fault.First{N: 1, Do: fault.Some{Fault: fault.SetClaimDepth{}}})}, Exhaustion},
	} {
		if got := one.s.Sends(); got != one.want {
			t.Errorf("%+v sends %s, want %s", one.s, got, one.want)
		}
	}
}
