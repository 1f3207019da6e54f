import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { authority } from '../driver-node/testing/authority.mjs'
import { Client, includes } from '../driver-node/testing/client.mjs'
import { Provider } from '../driver-node/testing/provider.mjs'

const adapter = fileURLToPath(new URL('adapter.mjs', import.meta.url))
const verify = (session, token, more) => ({ cmd: 'verify', session, token, ...more })
const now = () => Math.floor(Date.now() / 1000)

// play starts a provider and the adapter beside it, and plays a test on them.
const play = (name, run, { args = [], env = {} } = {}) =>
  test(name, async (t) => {
    const ca = await authority(t)
    if (!ca) return
    const p = await Provider.start(t, ca)
    const c = Client.start(t, [adapter, ...args], { NODE_EXTRA_CA_CERTS: ca.caFile, ...env })
    await run({ c, p, ca, t })
  })

play('verdicts', async ({ c, p, ca }) => {
  await c.expect(p.trust('s1', { caPEM: ca.caPEM }), { ok: true })
  const honest = p.sign()
  includes((await c.ask(verify('s1', honest))).claims, { sub: 'alice', iss: p.issuer, aud: 'rp-1' })
  for (const [token, code] of [
    [p.sign({ aud: 'rp-2' }), 'audience'],
    [p.sign({ iss: 'https://other.test' }), 'issuer'],
    [p.sign({ exp: now() - 60 }), 'expired'],
    [p.sign({ nbf: now() + 60 }), 'not-yet-valid'],
    [p.sign({ exp: 'soon' }), 'claim'],
    [honest.slice(0, -8) + 'AAAAAAAA', 'signature'],
    ['eyJhbGciOiJub25lIn0.e30.', 'alg'],
    [p.sign({}, { crit: ['odd'], odd: true }), 'crit'],
    [p.sign({}, { kid: 'unheard-of' }), 'key'],
    ['garbage', 'parse'],
  ]) {
    await c.expect(verify('s1', token), { verdict: 'reject', code })
  }
  await c.expect({ cmd: 'verify', session: 's1', tokenB64: Buffer.from([0x61, 0xff]).toString('base64') }, { verdict: 'reject', code: 'parse' })
  assert.equal(p.fetches, 1)
})

play('what cannot be fetched is unavailable', async ({ c, p }) => {
  await c.ask(p.trust('s1'))
  p.status = 503
  await c.expect(verify('s1', p.sign()), { verdict: 'unavailable' })
  p.status = 302
  await c.expect(verify('s1', p.sign()), { verdict: 'unavailable' })
  p.status = 200
  await c.expect(verify('s1', p.sign()), { verdict: 'accept' })
  await c.ask(p.trust('s2'))
  const token = p.sign()
  p.close()
  await c.expect(verify('s2', token), { verdict: 'unavailable' })
  await c.expect(verify('s1', token), { verdict: 'accept' }) // from its cache
})

play('a certificate of nobody it trusts', async ({ c, p }) => {
  await c.expect({ cmd: 'hello' }, { profile: 'bearer-jwt' })
  await c.ask(p.trust('s1'))
  const { verdict, reason } = await c.ask(verify('s1', p.sign()))
  assert.equal(verdict, 'unavailable')
  assert.match(reason, /certificate/)
  await c.expect(p.trust('s2', { caPEM: 'PEM' }), { feature: 'custom-ca' })
}, { env: { NODE_EXTRA_CA_CERTS: '' } })

play('sessions share nothing', async ({ c, p }) => {
  await c.ask(p.trust('s1'))
  await c.ask(p.trust('s2'))
  const token = p.sign()
  for (const [session, fetches] of [['s1', 1], ['s2', 2], ['s1', 2], ['s2', 2]]) {
    await c.expect(verify(session, token), { verdict: 'accept' })
    assert.equal(p.fetches, fetches)
  }
  await c.expect({ cmd: 'restart' }, { ok: true })
  await c.expect(verify('s1', token), { verdict: 'accept' })
  assert.equal(p.fetches, 3)
})

test('a new kid is learned once the cooldown is over, an old key lives as long as the cache', async (t) => {
  const ca = await authority(t)
  if (!ca) return
  const dir = await mkdtemp(join(tmpdir(), 'clock-'))
  t.after(() => rm(dir, { recursive: true }))
  const ahead = (seconds) => writeFile(join(dir, 'ahead'), String(seconds * 1000))
  await ahead(0)
  const p = await Provider.start(t, ca)
  const preload = new URL('../driver-node/testing/shifted-clock.mjs', import.meta.url).href
  const c = Client.start(t, ['--import', preload, adapter], {
    NODE_EXTRA_CA_CERTS: ca.caFile, SHIFTED_CLOCK_FILE: join(dir, 'ahead'),
  })
  await c.ask(p.trust('s1'))
  const old = p.sign()
  await c.expect(verify('s1', old), { verdict: 'accept' })
  p.rotate()
  await c.expect(verify('s1', p.sign()), { verdict: 'reject', code: 'key' })
  assert.equal(p.fetches, 1)
  await ahead(31)
  await c.expect(verify('s1', old), { verdict: 'accept' })
  await c.expect(verify('s1', p.sign()), { verdict: 'accept' })
  assert.equal(p.fetches, 2)
  const second = p.sign()
  p.rotate()
  await ahead(31 + 599)
  await c.expect(verify('s1', second), { verdict: 'accept' })
  await ahead(31 + 601)
  await c.expect(verify('s1', second), { verdict: 'reject', code: 'key' })
})

play('the caller of jwtVerify cannot give up', async ({ c, p }) => {
  await c.ask(p.trust('s1'))
  const release = p.hold()
  const fetched = p.nextFetch()
  const first = c.send(verify('s1', p.sign(), { deadline: '1ms' }))
  await fetched
  await c.expect({ cmd: 'cancel', of: first }, { feature: 'cancel' })
  const second = c.send(verify('s1', p.sign()))
  release()
  includes(await c.answer(first), { verdict: 'accept' })
  includes(await c.answer(second), { verdict: 'accept' })
  assert.equal(p.fetches, 1)
})

play('the fetch time-out is the library\'s', async ({ c, p }) => {
  await c.ask(p.trust('s1', { fetchTimeout: '50ms' }))
  const release = p.hold()
  await c.expect(verify('s1', p.sign()), { verdict: 'unavailable', reason: 'request timed out: The operation was aborted due to timeout' })
  release()
  await c.expect(verify('s1', p.sign()), { verdict: 'accept' })
})

play('leeway', async ({ c, p }) => {
  await c.ask(p.trust('s1', { leeway: '1m' }))
  await c.expect(verify('s1', p.sign({ exp: now() - 30 })), { verdict: 'accept' })
  await c.expect(verify('s1', p.sign({ exp: now() - 90 })), { verdict: 'reject', code: 'expired' })
  await c.expect(verify('s1', p.sign({ nbf: now() + 30 })), { verdict: 'accept' })
})

play('pinned algorithms', async ({ c, p }) => {
  await c.ask(p.trust('s1', {}, { algs: ['ES256'] }))
  await c.expect(verify('s1', p.sign()), { verdict: 'reject', code: 'alg' })
  await c.expect({ cmd: 'stop' }, { ok: true })
  assert.equal(await c.status(), 0)
})

play('configuration readme', async ({ c, p }) => {
  const { target, can } = await c.ask({ cmd: 'hello', protocol: 1 })
  includes(target, { configuration: 'readme', version: '6.2.18' })
  assert.ok(!can.includes('leeway'))
  await c.ask(p.trust('s1', {}, { algs: ['ES256'] }))
  await c.expect(verify('s1', p.sign()), { verdict: 'accept' })
  await c.expect(p.trust('s2', { leeway: '1m' }), { feature: 'leeway' })
}, { args: ['--configuration', 'readme'] })
