// Adapter for jsonwebtoken with the keys of jwks-rsa: jwt.verify and a getKey
// callback, as in the example of jsonwebtoken's README.
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import jwt from 'jsonwebtoken'
import jwksClient from 'jwks-rsa'
import { milliseconds, seconds, serve } from '../driver-node/driver.mjs'
import { explain } from './verdicts.mjs'

const { configuration } = parseArgs({ options: { configuration: { type: 'string', default: 'default' } } }).values
const require = createRequire(import.meta.url)
const versions = ['jsonwebtoken', 'jwks-rsa'].map((name) => require(`${name}/package.json`).version)
const { homepage } = require('jwks-rsa/package.json')

const bare = configuration === 'readme'
const limited = configuration === 'rate-limit'

const can = ['jwks-uri', 'refetch', 'http-issuer', 'claims', 'restart']
// Its requests go through Node's own agent, which reads further CAs once, at
// start. An agent of the adapter's would take one for each session, and would
// no longer be the agent that the library uses.
if (process.env.NODE_EXTRA_CA_CERTS) can.push('custom-ca')
if (!bare) can.push('leeway')

// What the libraries let their user say beyond the example, where the harness
// has a word for it. What is not said keeps the library's own default.
const clientOptions = ({ fetchTimeout }) => ({
  ...(fetchTimeout !== undefined && { timeout: milliseconds(fetchTimeout) }),
  ...(limited && { rateLimit: true }),
})
const verifyOptions = ({ issuers: [{ algs }], leeway }) => ({
  algorithms: algs,
  clockTolerance: leeway === undefined ? undefined : seconds(leeway),
})

// The example's callback never looks at the error: without a key it throws,
// where nobody can catch it.
const asTheExample = (client) => (header, callback) =>
  client.getSigningKey(header.kid, (err, key) => callback(null, key.publicKey || key.rsaPublicKey))
const passingErrorsOn = (client) => (header, callback) =>
  client.getSigningKey(header.kid, (err, key) => callback(err, key?.getPublicKey()))

function trust(words) {
  const [{ issuer, clientID, jwksURI }] = words.issuers
  const client = jwksClient({ jwksUri: jwksURI, ...(!bare && clientOptions(words)) })
  const getKey = (bare ? asTheExample : passingErrorsOn)(client)
  const options = { issuer, audience: clientID, ...(!bare && verifyOptions(words)) }
  return { verify: ({ token }) => verified(token, getKey, options) }
}

// verified is jwt.verify as a promise. Of an error of getKey jsonwebtoken keeps
// the message alone, so that error is remembered: its class says what it means.
const verified = (token, getKey, options) => new Promise((resolve, reject) => {
  let cause
  const watched = (header, callback) => getKey(header, (err, key) => callback(cause = err, key))
  jwt.verify(token, watched, options, (err, claims) => (err ? reject(cause ?? err) : resolve(claims)))
})

serve({
  target: { name: 'jsonwebtoken+jwks-rsa', version: versions.join('+'), homepage, configuration },
  profile: 'bearer-jwt',
  algs: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'],
  can,
  // cacheMaxAge, for each kid by itself, five of them at most; nothing between
  // two fetches for unknown kids, unless ten a minute are the limit; a time-out
  // of the idle connection, not of the whole fetch.
  declares: { leeway: '0s', cacheTTL: '10m', cooldown: limited ? '1m' : '0s', fetchTimeout: '30s' },
  // exp goes by Date, the cache by performance.now, the limit by both.
  faketime: ['both'],
  concurrent: true,
  trust,
  explain,
})
