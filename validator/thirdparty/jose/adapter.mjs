// Adapter for jose: createRemoteJWKSet and jwtVerify with the issuer and the
// audience, as in the example of its documentation.
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { milliseconds, seconds, serve } from '../driver-node/driver.mjs'
import { explain } from './verdicts.mjs'

const { configuration } = parseArgs({ options: { configuration: { type: 'string', default: 'default' } } }).values
const { version, homepage } = createRequire(import.meta.url)('jose/package.json')

const can = ['jwks-uri', 'refetch', 'http-issuer', 'claims', 'restart']
// Node reads further CAs once, at start, and fetch has no way to take another.
if (process.env.NODE_EXTRA_CA_CERTS) can.push('custom-ca')
if (configuration !== 'readme') can.push('leeway')

// What the library lets its user say beyond the example, where the harness has
// a word for it. An option that is undefined keeps the library's own default.
const setOptions = ({ fetchTimeout }) => ({
  timeoutDuration: fetchTimeout === undefined ? undefined : milliseconds(fetchTimeout),
})
const verifyOptions = ({ issuers: [{ algs }], leeway }) => ({
  algorithms: algs,
  clockTolerance: leeway === undefined ? undefined : seconds(leeway),
})

function trust(words) {
  const [{ issuer, clientID, jwksURI }] = words.issuers
  const more = configuration !== 'readme'
  const keys = createRemoteJWKSet(new URL(jwksURI), more ? setOptions(words) : undefined)
  const options = { issuer, audience: clientID, ...(more && verifyOptions(words)) }
  return { verify: async ({ token }) => (await jwtVerify(token, keys, options)).payload }
}

serve({
  target: { name: 'jose', version, homepage, configuration },
  profile: 'bearer-jwt',
  // lib/jws_algorithms.js, without HMAC, which a remote key set refuses, and
  // ML-DSA, which needs a newer runtime.
  algs: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  can,
  declares: { leeway: '0s', cacheTTL: '10m', cooldown: '30s', fetchTimeout: '5s' },
  // All its times are Date's; the one timer is that of AbortSignal.timeout.
  faketime: ['wall'],
  concurrent: true,
  trust,
  explain,
})
