// Carries the rogueidp adapter protocol for validators written in JavaScript,
// so that an adapter holds nothing but the validator's own set-up.
//
// It reads JSON lines on stdin and answers each with one JSON line on stdout.
// It adds nothing to the validator: no check, no cache, no retry, no time-out.
// What the validator's promise rejects with is its answer. What it throws
// elsewhere is not caught: that takes the process down, which is a finding.
//
// An adapter is an object:
//
//   target, profile, algs, can, declares, faketime, token, concurrent
//                      go into the hello as they are
//   trust(words)       starts a fresh validator and returns (a promise of)
//                      { verify(attempt) }, which resolves to the claims
//   explain(error)     { verdict: 'unavailable' } or { code } for an error of
//                      the validator; nothing means a reject without a code
//   verifyJWS(jws)     only where it can 'jws': resolves, or rejects
import { lines } from './lines.mjs'
import { Server } from './server.mjs'

export { milliseconds, seconds } from './duration.mjs'

// Bounds the wait for answers still due when the harness stops or goes away;
// the protocol allows five seconds for all of it.
const drainTime = 2000

export async function serve(adapter) {
  const server = new Server(adapter, process.stdout)
  let stop
  for await (const line of lines(process.stdin)) {
    stop = server.receive(line)
    if (stop !== undefined) break
  }
  await server.settle(drainTime)
  if (stop !== undefined) server.send({ seq: stop, ok: true })
  // Whatever the validator still has running, the conversation is over.
  process.stdout.write('', () => process.exit(0))
}
