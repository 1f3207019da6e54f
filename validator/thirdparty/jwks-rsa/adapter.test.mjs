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
const shiftedClocks = new URL('shifted-clocks.mjs', import.meta.url).href
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

// playInTime does the same with an adapter whose clocks move by themselves:
// ahead takes the seconds by which the wall clock and the monotonic one are off.
const playInTime = (name, run, args = []) =>
  test(name, async (t) => {
    const ca = await authority(t)
    if (!ca) return
    const dir = await mkdtemp(join(tmpdir(), 'clock-'))
    t.after(() => rm(dir, { recursive: true }))
    const file = join(dir, 'ahead')
    const set = (clocks) => writeFile(file, JSON.stringify({ wall: 0, monotonic: 0, ...clocks }))
    await set({})
    const p = await Provider.start(t, ca)
    const c = Client.start(t, ['--import', shiftedClocks, adapter, ...args], {
      NODE_EXTRA_CA_CERTS: ca.caFile, SHIFTED_CLOCKS_FILE: file,
    })
    // lru-cache believes a reading of the clock for a millisecond, which passes
    // while the adapter answers.
    const ahead = async (clocks) => {
      await set(clocks)
      for (const until = performance.now() + 20; performance.now() < until; ) await c.ask({ cmd: 'noop' })
    }
    await run({ c, p, ahead })
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
    [honest.slice(0, honest.lastIndexOf('.') + 1), 'signature'],
    [p.sign({}, { alg: 'ES256' }), 'alg'],
    ['garbage', 'parse'],
    ['a.b.c', 'parse'],
  ]) {
    await c.expect(verify('s1', token), { verdict: 'reject', code })
  }
  await c.expect({ cmd: 'verify', session: 's1', tokenB64: Buffer.from([0x61, 0xff]).toString('base64') }, { verdict: 'reject', code: 'parse' })
  assert.equal(p.fetches, 1)
})

play('every kid that is not cached is a fetch', async ({ c, p }) => {
  await c.ask(p.trust('s1'))
  for (const [kid, fetches] of [['unheard-of', 1], ['unheard-of', 2], ['another', 3]]) {
    await c.expect(verify('s1', p.sign({}, { kid })), { verdict: 'reject', code: 'key' })
    assert.equal(p.fetches, fetches)
  }
  await c.expect(verify('s1', 'eyJhbGciOiJub25lIn0.e30.'), { verdict: 'reject', code: 'signature' })
  assert.equal(p.fetches, 4) // for the one key that there is
})

play('what cannot be fetched is unavailable', async ({ c, p }) => {
  await c.ask(p.trust('s1'))
  for (const status of [503, 302]) {
    p.status = status
    await c.expect(verify('s1', p.sign()), { verdict: 'unavailable' })
  }
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

playInTime('a new kid is learned at once, an old key lives as long as the cache', async ({ c, p, ahead }) => {
  await c.ask(p.trust('s1'))
  const old = p.sign()
  await c.expect(verify('s1', old), { verdict: 'accept' })
  p.rotate()
  await c.expect(verify('s1', p.sign()), { verdict: 'accept' })
  assert.equal(p.fetches, 2)
  await ahead({ monotonic: 599 })
  await c.expect(verify('s1', old), { verdict: 'accept' }) // the set that was fetched since has no such key
  await ahead({ monotonic: 601 })
  await c.expect(verify('s1', old), { verdict: 'reject', code: 'key' })
  assert.equal(p.fetches, 3)
})

playInTime('the cache goes by the monotonic clock, exp by the other', async ({ c, p, ahead }) => {
  await c.ask(p.trust('s1'))
  const token = p.sign({ exp: now() + 3600 })
  await c.expect(verify('s1', token), { verdict: 'accept' })
  await ahead({ wall: 1800 })
  await c.expect(verify('s1', token), { verdict: 'accept' })
  assert.equal(p.fetches, 1)
  await ahead({ monotonic: 7200 })
  await c.expect(verify('s1', token), { verdict: 'accept' })
  assert.equal(p.fetches, 2)
  await ahead({ wall: 3601 })
  await c.expect(verify('s1', token), { verdict: 'reject', code: 'expired' })
})

play('five kids are cached and no more', async ({ c, p }) => {
  await c.ask(p.trust('s1'))
  const first = p.sign()
  await c.expect(verify('s1', first), { verdict: 'accept' })
  for (let n = 2; n <= 6; n++) {
    p.rotate()
    await c.expect(verify('s1', p.sign()), { verdict: 'accept' })
  }
  await c.expect(verify('s1', first), { verdict: 'reject', code: 'key' })
  assert.equal(p.fetches, 7)
})

play('the caller of jwt.verify cannot give up', async ({ c, p }) => {
  await c.ask(p.trust('s1'))
  const release = p.hold()
  const fetched = p.nextFetch()
  const first = c.send(verify('s1', p.sign(), { deadline: '1ms' }))
  await fetched
  await c.expect({ cmd: 'cancel', of: first }, { feature: 'cancel' })
  const second = c.send(verify('s1', p.sign()))
  await c.ask({ cmd: 'noop' })
  release()
  includes(await c.answer(first), { verdict: 'accept' })
  includes(await c.answer(second), { verdict: 'accept' })
  assert.equal(p.fetches, 1)
})

play('the fetch time-out is the library\'s', async ({ c, p }) => {
  await c.ask(p.trust('s1', { fetchTimeout: '50ms' }))
  const release = p.hold()
  await c.expect(verify('s1', p.sign()), { verdict: 'unavailable', reason: 'socket hang up' })
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
  includes(target, { configuration: 'readme', version: '9.0.3+4.1.0' })
  assert.ok(!can.includes('leeway'))
  await c.ask(p.trust('s1', {}, { algs: ['ES256'] }))
  await c.expect(verify('s1', p.sign()), { verdict: 'accept' })
  await c.expect(p.trust('s2', { leeway: '1m' }), { feature: 'leeway' })
  c.send(verify('s1', p.sign({}, { kid: 'unheard-of' })))
  assert.equal(await c.status(), 1) // the example's callback has no key to look at
}, { args: ['--configuration', 'readme'] })

playInTime('configuration rate-limit', async ({ c, p, ahead }) => {
  await c.expect({ cmd: 'hello', protocol: 1 }, { declares: { leeway: '0s', cacheTTL: '10m', cooldown: '1m', fetchTimeout: '30s' } })
  await c.ask(p.trust('s1'))
  for (let n = 1; n <= 10; n++) {
    await c.expect(verify('s1', p.sign({}, { kid: `random-${n}` })), { verdict: 'reject', code: 'key' })
  }
  await c.expect(verify('s1', p.sign()), { verdict: 'unavailable', reason: 'Too many requests to the JWKS endpoint' })
  assert.equal(p.fetches, 10)
  await ahead({ wall: 61, monotonic: 61 })
  await c.expect(verify('s1', p.sign()), { verdict: 'accept' })
}, ['--configuration', 'rate-limit'])
