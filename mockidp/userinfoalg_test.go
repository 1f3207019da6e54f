package mockidp_test

import (
	"strings"
	"testing"

	"github.com/rogueidp/rogueidp/mockidp"
)

// TestUserInfoAlg: the tenant's own client can have agreed on signed UserInfo, with
// an algorithm that the tenant has.
func TestUserInfoAlg(t *testing.T) {
	idp := mockidp.Start(t, mockidp.TenantConfig{UserInfoAlg: "ES256"})
	if _, err := idp.Provider().Tenant(mockidp.TenantConfig{UserInfoAlg: "RS265"}); err == nil || !strings.Contains(err.Error(), `did you mean "RS256"`) {
		t.Errorf("an unknown algorithm: %v", err)
	}
}
