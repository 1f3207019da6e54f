// A provider for tests: it serves a key set over TLS on loopback, and is honest
// until told.
import { createSign, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { within } from './client.mjs'

const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')

export class Provider {
  #server
  #keys = []
  #made = 0
  #held
  #watchers = []
  fetches = 0
  status = 200

  static async start(t, { key, cert }) {
    const p = new Provider()
    p.#server = createServer({ key, cert }, (request, response) => p.#serve(response))
    p.#server.listen(0, '127.0.0.1')
    await once(p.#server, 'listening')
    t.after(() => p.close())
    p.rotate()
    return p
  }

  get issuer() {
    return `https://127.0.0.1:${this.#server.address().port}`
  }

  // trust is the message that makes a session trust this provider.
  trust(session, more, issuer) {
    const trusted = { issuer: this.issuer, clientID: 'rp-1', algs: ['RS256'], jwksURI: `${this.issuer}/keys`, ...issuer }
    return { cmd: 'trust', session, issuers: [trusted], ...more }
  }

  // rotate publishes a new key in place of all others, and returns it.
  rotate() {
    const key = { kid: `key-${++this.#made}`, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) }
    this.#keys = [key]
    return key
  }

  // sign signs an honest token, with changes to its claims and header.
  sign(changes, header, key = this.#keys[0]) {
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: this.issuer, aud: 'rp-1', sub: 'alice', iat: now, exp: now + 300, ...changes }
    const input = `${encode({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })}.${encode(claims)}`
    return `${input}.${createSign('sha256').update(input).sign(key.privateKey, 'base64url')}`
  }

  // hold makes the key set wait until what it returns is called.
  hold() {
    let release
    this.#held = new Promise((resolve) => { release = resolve })
    return release
  }

  // nextFetch waits for the next request to come in.
  nextFetch() {
    return within('a fetch of the key set', new Promise((resolve) => this.#watchers.push(resolve)))
  }

  close() {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #serve(response) {
    this.fetches++
    for (const seen of this.#watchers.splice(0)) seen()
    await this.#held
    const keys = this.#keys.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' }))
    response.writeHead(this.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys }))
  }
}
