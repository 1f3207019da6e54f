package relyingparty

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestEveryWeaknessIsOne: it has a name of its own, says what it forgets and who
// is to notice, and is another way in at least one place.
func TestEveryWeaknessIsOne(t *testing.T) {
	seen := map[string]bool{}
	for _, one := range Weaknesses() {
		if seen[one.Name] || one.Forgets == "" || len(one.Rows) == 0 || strings.ContainsAny(one.Name, " _") {
			t.Errorf("%+v is not complete, or comes twice", one)
		}
		seen[one.Name] = true
		if one.Setup != "" && !slices.Contains(Setups(), one.Setup) {
			t.Errorf("%s: there is no set-up %q", one.Name, one.Setup)
		}
		w, err := weakened(one.Name)
		if err != nil {
			t.Fatal(err)
		}
		if len(changed(w)) == 0 {
			t.Errorf("%s does everything as the clean party does", one.Name)
		}
	}
	if got := changed(clean()); len(got) > 0 {
		t.Errorf("the clean party differs from itself: %v", got)
	}
}

// changed are the decisions that are taken in another way than the clean one.
func changed(w *ways) (names []string) {
	got, want := reflect.ValueOf(w).Elem(), reflect.ValueOf(clean()).Elem()
	for i := range got.NumField() {
		a, b := got.Field(i), want.Field(i)
		same := false
		switch a.Kind() {
		case reflect.Func:
			same = a.Pointer() == b.Pointer()
		case reflect.Slice:
			same = a.Len() == b.Len()
			for j := 0; same && j < a.Len(); j++ {
				same = a.Index(j).FieldByName("wants").Pointer() == b.Index(j).FieldByName("wants").Pointer()
			}
		default:
			same = a.Equal(b)
		}
		if !same {
			names = append(names, got.Type().Field(i).Name)
		}
	}
	return names
}

func TestSetups(t *testing.T) {
	for _, name := range Setups() {
		r, err := Setup(name, registered())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := New(Config{BaseURL: base, Registrations: []Registration{r}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Setup("telepathy", registered()); err == nil {
		t.Error("an unknown set-up is made")
	}
}
