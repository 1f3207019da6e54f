package steps

// Claims are the registered claims as they stand in the payload, not judged.
type Claims struct {
	Issuer, Subject, Audience                     Value
	Expires, NotBefore, IssuedAt, AuthTime        Value
	Nonce, Party, ACR, Events                     Value
	AccessTokenHash, CodeHash, StateHash, TokenID Value

	Members []Member
	// Audiences are the members of aud, whether it is an array or a string.
	Audiences []string
	// audible tells whether aud is what it may be.
	audible bool
}

// read sorts the members of the payload.
func (c *Claims) read() {
	for i := range c.Members {
		m := &c.Members[i]
		switch m.Name {
		case "iss":
			c.Issuer = m.Value
		case "sub":
			c.Subject = m.Value
		case "aud":
			c.Audience = m.Value
		case "exp":
			c.Expires = m.Value
		case "nbf":
			c.NotBefore = m.Value
		case "iat":
			c.IssuedAt = m.Value
		case "auth_time":
			c.AuthTime = m.Value
		case "nonce":
			c.Nonce = m.Value
		case "azp":
			c.Party = m.Value
		case "acr":
			c.ACR = m.Value
		case "events":
			c.Events = m.Value
		case "at_hash":
			c.AccessTokenHash = m.Value
		case "c_hash":
			c.CodeHash = m.Value
		case "s_hash":
			c.StateHash = m.Value
		case "jti":
			c.TokenID = m.Value
		}
	}
	if one, ok := c.Audience.Text(); ok {
		c.Audiences, c.audible = append(c.Audiences[:0], one), true
		return
	}
	c.Audiences, c.audible = c.Audience.Texts(c.Audiences[:0])
}

// Member is the value of any claim.
func (c *Claims) Member(name string) Value {
	for i := range c.Members {
		if c.Members[i].Name == name {
			return c.Members[i].Value
		}
	}
	return ""
}
