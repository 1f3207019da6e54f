// What jose's errors mean, by the code that each of its error classes carries.
const codes = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'alg',
  ERR_JWS_INVALID: 'parse',
  ERR_JWT_INVALID: 'parse',
  ERR_JWK_INVALID: 'key',
  ERR_JWKS_INVALID: 'key-set',
  ERR_JWKS_NO_MATCHING_KEY: 'key',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'key',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'signature',
  ERR_JWT_EXPIRED: 'expired',
}

// JWTClaimValidationFailed names the claim.
const claims = { iss: 'issuer', aud: 'audience', nbf: 'not-yet-valid', iat: 'issued-at', typ: 'type' }

export function explain(err) {
  switch (err?.code) {
    // The two errors of a remote set that have no class of their own: a status
    // other than 200, and a body that is no JSON.
    case 'ERR_JOSE_GENERIC':
    case 'ERR_JWKS_TIMEOUT':
      return { verdict: 'unavailable' }
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return { code: claims[err.claim] ?? 'claim' }
    case 'ERR_JOSE_NOT_SUPPORTED':
      return { code: err.message.startsWith('Extension Header Parameter') ? 'crit' : 'alg' }
  }
  // jose passes an error of the network on as it is, and this is how fetch
  // itself, in Node, names every one of them.
  if (err instanceof TypeError && err.message === 'fetch failed') return { verdict: 'unavailable' }
  return { code: codes[err?.code] ?? 'other' }
}
