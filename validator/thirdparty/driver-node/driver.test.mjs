import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { seconds } from './driver.mjs'
import { Client, includes } from './testing/client.mjs'

const fixture = fileURLToPath(new URL('testing/fixture.mjs', import.meta.url))
const start = (t, kind = 'concurrent') => Client.start(t, [fixture, kind])

const trustAs = (session, issuer = 'https://a') =>
  ({ cmd: 'trust', session, issuers: [{ issuer, clientID: 'rp-1', jwksURI: 'https://127.0.0.1:1/keys' }] })
const verify = (session, token, more) => ({ cmd: 'verify', session, token, ...more })

test('hello says what the adapter says', async (t) => {
  const c = start(t)
  assert.deepEqual(await c.ask({ cmd: 'hello', protocol: 1, 'of no meaning': true }), {
    protocol: 1,
    target: { language: 'javascript', runtime: `node ${process.versions.node}`, name: 'fixture', version: '1', configuration: 'default' },
    profile: 'id-token', algs: ['RS256'],
    can: ['discovery', 'nonce', 'clock', 'cancel', 'claims', 'restart', 'jws', 'custom-ca'],
    declares: { leeway: '0s', cooldown: '30s' }, faketime: ['wall'], token: { typ: 'JWT' }, concurrent: true,
  })
})

test('verdicts', async (t) => {
  const c = start(t)
  await c.expect(trustAs('s1'), { ok: true })
  await c.expect(verify('s1', 'good'), { verdict: 'accept', claims: { sub: 'alice' } })
  await c.expect(verify('s1', 'coded'), { verdict: 'reject', code: 'audience', reason: 'unexpected aud' })
  await c.expect(verify('s1', 'unavailable'), { verdict: 'unavailable', reason: 'cannot reach the key set' })
  await c.expect(verify('s1', 'other'), { verdict: 'reject', code: undefined, reason: 'bad token of 5' })
  await c.expect(verify('s1', 'caused'), { verdict: 'reject', reason: 'outer: inner' })
  await c.expect(trustAs('s2', 'refuse'), { verdict: 'reject', code: 'metadata', reason: 'issuer mismatch' })
  await c.expect(trustAs('s3', 'gone'), { verdict: 'unavailable', reason: 'cannot reach discovery' })
})

test('what verify throws is its answer, even where it is a defect', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  await c.expect(verify('s1', 'bug'), { verdict: 'reject' })
  await c.expect(verify('s1', 'bare'), { verdict: 'reject', reason: 'text' })
})

test('claims too deep to write do not end the process', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  await c.expect(verify('s1', 'deep'), { verdict: 'accept', claims: { sub: 'alice' } })
  await c.expect(verify('s1', 'good'), { verdict: 'accept' })
})

for (const stray of ['stray', 'rejection']) {
  test(`what is thrown elsewhere is a crash: ${stray}`, async (t) => {
    const c = start(t)
    await c.ask(trustAs('s1'))
    c.send(verify('s1', stray))
    assert.notEqual(await c.status(), 0)
  })
}

test('a token comes as text, as base64, as a file', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  const dir = await mkdtemp(join(tmpdir(), 'driver-'))
  t.after(() => rm(dir, { recursive: true }))
  const tokenFile = join(dir, 'token')
  await writeFile(tokenFile, 'good')
  await c.expect({ cmd: 'verify', session: 's1', tokenFile }, { verdict: 'accept' })
  await c.expect({ cmd: 'verify', session: 's1', tokenB64: 'Z29vZA==' }, { verdict: 'accept' })
  await c.expect({ cmd: 'verify', session: 's1', tokenB64: 'Yf8=' }, { verdict: 'accept', claims: { bytes: [97, 255] } })
  // Left out, it is the empty token, which is for the validator to judge.
  const { verdict, error } = await c.ask({ cmd: 'verify', session: 's1' })
  assert.deepEqual([verdict, error], ['reject', undefined])
  for (const broken of [
    { cmd: 'verify', session: 's1', tokenFile: tokenFile + '.absent' },
    { cmd: 'verify', session: 's1', tokenB64: '%' },
    { cmd: 'verify', session: 's1', token: 7 },
    { cmd: 'verify', session: 'nobody', token: 'good' },
    { cmd: 'trust', session: 's2' },
  ]) {
    const { error, verdict } = await c.ask(broken)
    assert.ok(error && !verdict, JSON.stringify(broken))
  }
})

test('garbage gets an error that says so', async (t) => {
  const c = start(t)
  for (const line of ['', 'garbage', '[1]', 'null', '"text"', '{', '{"seq":1}{', '{"cmd":"noop"}']) {
    c.raw(line)
    assert.match((await c.answer(0)).error, /no JSON object|no seq/, line)
  }
  c.raw('{"seq":77,"cmd":"verify","deadline":"soon"}')
  assert.match((await c.answer(77)).error, /no duration/)
  await c.expect({ cmd: 'dance' }, { error: 'unknown cmd "dance"' })
  await c.expect({ cmd: 'noop', unknown: ['\u2028\r'] }, { ok: true })
})

test('long lines', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  await c.expect(verify('s1', 'x'.repeat(1 << 20)), { verdict: 'reject', reason: `bad token of ${1 << 20}` })
  await c.expect({ cmd: 'noop', pad: 'x'.repeat(96 << 20) }, { ok: true })
})

test('what the adapter cannot is unsupported', async (t) => {
  const c = start(t, 'bare')
  await c.ask(trustAs('s1'))
  const asks = {
    nonce: verify('s1', 'good', { nonce: 'n' }),
    'at-hash': verify('s1', 'good', { accessToken: 'a' }),
    'max-age': verify('s1', 'good', { maxAge: '1m' }),
    acr: verify('s1', 'good', { acr: '2' }),
    hashes: verify('s1', 'good', { code: 'c' }),
    cancel: { cmd: 'cancel', of: 1 },
    clock: { cmd: 'clock', now: '2026-11-23T18:00:00Z' },
    jws: { cmd: 'verify-jws', token: 'good' },
    restart: { cmd: 'restart' },
    leeway: { ...trustAs('s2'), leeway: '0s' },
    'custom-ca': { ...trustAs('s2'), caPEM: 'PEM' },
    'multi-issuer': { ...trustAs('s2'), issuers: [...trustAs('s2').issuers, ...trustAs('s2').issuers] },
  }
  for (const [feature, ask] of Object.entries(asks)) {
    const got = await c.ask(ask)
    includes(got, { feature, verdict: undefined, ok: undefined })
    assert.ok(got.unsupported)
  }
  await c.expect(verify('s1', 'good'), { verdict: 'accept', claims: undefined })
  await c.expect({ cmd: 'trust', session: 's3', issuers: [{ issuer: 'https://a' }] },
    { error: 'this adapter cannot discover, and trust gives no jwksURI' })
})

test('sessions share nothing, and a restart empties them', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  await c.ask(trustAs('s2'))
  const count = async (session) => (await c.ask(verify(session, 'count'))).claims.calls
  await count('s1')
  assert.equal(await count('s1'), 2)
  assert.equal(await count('s2'), 1)
  await c.expect({ cmd: 'restart' }, { ok: true })
  assert.equal(await count('s1'), 1)
  await c.expect({ cmd: 'drop', session: 's1' }, { ok: true })
  await c.expect(verify('s1', 'good'), { error: 'there is no session "s1"' })
  await c.expect(verify('s2', 'good'), { verdict: 'accept' })
})

test('concurrent', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  const first = c.send(verify('s1', 'first'))
  await c.expect(verify('s1', 'second'), { verdict: 'accept' })
  includes(await c.answer(first), { verdict: 'accept' })
  const seqs = Array.from({ length: 200 }, () => c.send(verify('s1', 'good')))
  for (const seq of seqs) includes(await c.answer(seq), { verdict: 'accept' })
})

test('one at a time where not concurrent', async (t) => {
  const c = start(t, 'sequential')
  await c.ask(trustAs('s1'))
  const waiting = c.send(verify('s1', 'wait'))
  const next = c.send(verify('s1', 'good'))
  await c.expect({ cmd: 'cancel', of: waiting }, { ok: true })
  includes(await c.answer(waiting), { verdict: 'unavailable', reason: 'given up' })
  includes(await c.answer(next), { verdict: 'accept' })
})

test('cancel and deadline reach the validator', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  const waiting = c.send(verify('s1', 'wait'))
  await c.expect({ cmd: 'cancel', of: waiting }, { ok: true })
  includes(await c.answer(waiting), { verdict: 'unavailable' })
  await c.expect({ cmd: 'cancel', of: 4711 }, { ok: true })
  await c.expect(verify('s1', 'wait', { deadline: '10ms' }), { verdict: 'unavailable' })
})

test('clock of a session and of the process', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  await c.ask(trustAs('s2'))
  const year = async (session) => (await c.ask(verify(session, 'now'))).claims.now.slice(0, 4)
  assert.equal(await year('s1'), new Date().toISOString().slice(0, 4))
  await c.expect({ cmd: 'clock', now: '2031-06-01T00:00:00Z' }, { ok: true })
  await c.expect({ cmd: 'clock', now: '2032-06-01T00:00:00Z', session: 's1' }, { ok: true })
  assert.deepEqual([await year('s1'), await year('s2')], ['2032', '2031'])
  await c.ask({ cmd: 'restart' })
  assert.equal(await year('s1'), '2032')
  assert.ok((await c.ask({ cmd: 'clock', now: 'tomorrow' })).error)
})

test('the signature alone', async (t) => {
  const c = start(t)
  const jws = { cmd: 'verify-jws', alg: 'ES256', jwk: { kty: 'EC' }, token: 'good' }
  await c.expect(jws, { verdict: 'accept' })
  await c.expect({ ...jws, token: 'other' }, { verdict: 'reject', code: 'signature' })
})

test('stop answers what is due and exits 0', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  const waiting = c.send(verify('s1', 'wait'))
  await c.expect({ cmd: 'stop' }, { ok: true })
  includes(await c.answer(waiting), { verdict: 'unavailable' })
  assert.equal(await c.status(), 0)
})

test('the end of stdin answers what is due and exits 0', async (t) => {
  const c = start(t)
  await c.ask(trustAs('s1'))
  const last = c.send(verify('s1', 'good'))
  c.closeInput()
  includes(await c.answer(last), { verdict: 'accept' })
  assert.equal(await c.status(), 0)
})

test('durations', () => {
  for (const [text, want] of [['1m30s', 90], ['0s', 0], ['0', 0], ['1.5h', 5400], ['250ms', 0.25]]) {
    assert.equal(seconds(text), want, text)
  }
  for (const none of ['', '5', 'soon', '-', 5]) assert.ok(Number.isNaN(seconds(none)), String(none))
})
