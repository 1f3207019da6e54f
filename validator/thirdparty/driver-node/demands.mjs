// What a message asks for by carrying a field. Where the adapter did not claim
// the feature, the answer is "unsupported": an accept without that check would
// turn it off silently.
const inTrust = {
  'multi-issuer': (m) => m.issuers.length > 1,
  leeway: (m) => m.leeway !== undefined,
  'custom-ca': (m) => Boolean(m.caPEM),
  encrypted: (m) => m.decryptionKeys !== undefined,
  'static-jwks': (m) => m.issuers.some((i) => i.jwks !== undefined),
  'client-secret': (m) => m.issuers.some((i) => i.clientSecret),
  'trusted-audiences': (m) => m.issuers.some((i) => i.trustedAudiences?.length),
}

const inVerify = {
  nonce: (m) => m.nonce !== undefined,
  'at-hash': (m) => m.accessToken !== undefined,
  'max-age': (m) => m.maxAge !== undefined,
  acr: (m) => m.acr !== undefined,
  hashes: (m) => m.code !== undefined || m.state !== undefined,
}

const firstMissing = (demands) => ({ can }, message) =>
  Object.keys(demands).find((feature) => demands[feature](message) && !can.includes(feature))

export const missingForTrust = firstMissing(inTrust)
export const missingForVerify = firstMissing(inVerify)
