// What the errors of jwks-rsa and jsonwebtoken mean.
const names = {
  SigningKeyNotFoundError: { code: 'key' },
  JwksError: { code: 'key-set' },
  JwksRateLimitError: { verdict: 'unavailable' },
  TokenExpiredError: { code: 'expired' },
  NotBeforeError: { code: 'not-yet-valid' },
  SyntaxError: { code: 'parse' }, // of JSON.parse, as it is
}

// All else that jsonwebtoken refuses with has one class, so that the text tells.
const texts = [
  [/^jwt (malformed|must be )|^invalid token$/, 'parse'],
  [/^invalid algorithm$/, 'alg'],
  [/^jwt signature is required$|^invalid signature$/, 'signature'],
  [/^"ES\d+" signatures must be /, 'signature'], // ecdsa-sig-formatter
  [/^jwt audience invalid/, 'audience'],
  [/^jwt issuer invalid/, 'issuer'],
  [/^invalid (nbf|exp) value$/, 'claim'],
  [/^"alg" parameter |^Unknown key type |^secretOrPublicKey /, 'key'],
]

export function explain(err) {
  // jwks-rsa marks whatever kept it from a key set, a body that is no JSON too.
  if (err?.isEndpointUnavailable) return { verdict: 'unavailable' }
  return names[err?.name] ?? { code: texts.find(([text]) => text.test(err?.message))?.[1] ?? 'other' }
}
