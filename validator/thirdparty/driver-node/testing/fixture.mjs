// An adapter whose validator does what the token says; for driver.test.mjs.
import { serve } from '../driver.mjs'

const kind = process.argv[2]

class Refusal extends Error {
  constructor(verdict, message) {
    super(message)
    this.verdict = verdict
  }
}

const aborted = (signal) => new Promise((_, reject) => {
  const giveUp = () => reject(new Refusal({ verdict: 'unavailable' }, 'given up'))
  if (signal.aborted) giveUp()
  else signal.addEventListener('abort', giveUp)
})

function trust({ issuers: [{ issuer }], now }) {
  if (issuer === 'refuse') throw new Refusal({ code: 'metadata' }, 'issuer mismatch')
  if (issuer === 'gone') throw new Refusal({ verdict: 'unavailable' }, 'cannot reach discovery')
  let calls = 0
  let meet
  const met = new Promise((resolve) => { meet = resolve })
  const does = {
    good: () => ({ sub: 'alice' }),
    coded: () => { throw new Refusal({ code: 'audience' }, 'unexpected aud') },
    unavailable: () => { throw new Refusal({ verdict: 'unavailable' }, 'cannot reach the key set') },
    bug: () => undefined.property,
    bare: () => Promise.reject('text'),
    caused: () => { throw new Error('outer', { cause: new Error('inner') }) },
    wait: ({ signal }) => aborted(signal),
    first: () => met, // waits for second, which can only come beside it
    second: () => meet(),
    count: () => ({ calls }),
    deep: () => ({ sub: 'alice', x: JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) }),
    now: () => ({ now: now().toISOString() }),
    stray: () => { setImmediate(() => { throw new Error('outside') }); return met },
    rejection: () => { Promise.reject(new Error('nobody listens')); return met },
  }
  return {
    async verify(attempt) {
      calls++
      const { token } = attempt
      if (token instanceof Uint8Array) return { bytes: [...token] }
      if (!Object.hasOwn(does, token)) throw new Error(`bad token of ${token.length}`)
      return does[token](attempt)
    },
  }
}

serve({
  target: { name: 'fixture', version: '1', configuration: 'default' },
  profile: 'id-token',
  algs: ['RS256'],
  can: kind === 'bare' ? ['jwks-uri'] : ['discovery', 'nonce', 'clock', 'cancel', 'claims', 'restart', 'jws', 'custom-ca'],
  declares: { leeway: '0s', cooldown: '30s' },
  faketime: ['wall'],
  token: { typ: 'JWT' },
  concurrent: kind === 'concurrent',
  trust,
  explain: (err) => err?.verdict,
  verifyJWS: async ({ jwk, alg, token }) => {
    if (jwk.kty !== 'EC' || alg !== 'ES256' || token !== 'good') throw new Refusal({ code: 'signature' }, 'bad signature')
  },
})
