package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/suites"
)

// follow lets a tenant follow the policy that the flag --policy names, and
// returns what serve says about it. No word is no policy.
func follow(t *mockidp.Tenant, word string) (string, error) {
	if word == "" {
		return "", nil
	}
	p, err := suites.FindPolicy(word)
	if err != nil {
		return "", fmt.Errorf("--policy: %w", err)
	}
	if err := t.Follow(p); err != nil {
		return "", fmt.Errorf("--policy %s: %w", word, err)
	}
	says := fmt.Sprintf("policy     %s\n", strings.TrimSuffix(word+": "+p.About, ": "))
	if next, more := t.NextChange(); more {
		says += fmt.Sprintf("           next: %s at %s\n", next.Do, next.At.UTC().Format(time.RFC3339))
	}
	return says, nil
}

// policyFlag is the help for --policy.
func policyFlag() string {
	var names []string
	for _, p := range mockidp.Policies() {
		names = append(names, p.Name)
	}
	return "move keys by a policy: " + strings.Join(names, ", ") + ", or a YAML file"
}
