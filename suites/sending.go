package suites

import (
	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites/target"
)

// mintAs makes the token of a row, with what comes beside it; or a plain one,
// with nothing beside, by which only the target itself is looked at.
func (sh *show) mintAs(plain bool, by *party, r mockidp.Request) (*ticket, error) {
	if plain || sh.player.relies() { // it sends and asks for what it likes
		return sh.mint(by, r)
	}
	sent, err := sh.send()
	if err != nil {
		return nil, err
	}
	r.With = mockidp.Beside{
		AccessToken: sent.AccessToken, Code: sent.Code, State: sent.State,
		ACR: sh.row.Beside.ACR, SignedIn: sent.MaxAge > 0,
	}
	t, err := sh.mint(by, r)
	if err == nil {
		t.sent = sent
	}
	return t, err
}

// send makes up what comes beside the token of a row.
func (sh *show) send() (target.Attempt, error) {
	var sent target.Attempt
	beside := sh.row.Beside
	for _, one := range []struct {
		comes bool
		into  *string
	}{{beside.AccessToken, &sent.AccessToken}, {beside.Code, &sent.Code}, {beside.State, &sent.State}} {
		if one.comes {
			*one.into = mockidp.Word("")
		}
	}
	if beside.ACR != "" {
		sent.ACR = []string{beside.ACR}
	}
	if beside.MaxAge == "" {
		return sent, nil
	}
	var err error
	sent.MaxAge, err = sh.player.duration(beside.MaxAge)
	return sent, err
}

// attempt is a token with all that its caller knows.
func (st *stage) attempt(t *ticket) target.Attempt {
	a := t.sent
	if t.visit != nil {
		a.Known = mapOf(t.by.tenant.Issuer(), t.visit.visitor.Cookie())
	} else {
		a.Token, a.Nonce, a.Carry = t.Token, t.nonce, t.carry
	}
	a.Deadline, a.Fetching = st.deadline(), st.fetching
	return a
}
