package steps

// Workshop builds validators around other steps than the reference. Package
// validator fills it in. Only packages below validator can reach it, so that
// weakened validators exist there and nowhere else.
var Workshop struct {
	// Validator takes a []validator.Config and returns a *validator.Validator.
	Validator func(s *Steps, configs any) (any, error)
	// VerifyJWS is validator.VerifyJWS.
	VerifyJWS func(s *Steps, raw string, key any, algs ...string) ([]byte, error)
}
