import { missingForTrust, missingForVerify } from './demands.mjs'
import { milliseconds } from './duration.mjs'
import { Unreadable, withToken } from './token.mjs'

// written is an answer as text. JSON.stringify recurses where JSON.parse does
// not, so claims that a validator read without harm can be too deep to write.
// That is no fault of the validator's, and its verdict stands: the claims that
// hold no others are all that is told of them.
function written(answer) {
  try {
    return JSON.stringify(answer)
  } catch (error) {
    if (!(error instanceof RangeError) || !answer.claims) throw error
    const plain = Object.entries(answer.claims).filter(([, value]) => typeof value !== 'object')
    return JSON.stringify({ ...answer, claims: Object.fromEntries(plain) })
  }
}

// A Server is one conversation with the harness.
export class Server {
  #adapter
  #out
  #sessions = new Map()
  #clock = { offset: undefined }
  #callers = new Map()
  #pending = new Set()
  #turn = Promise.resolve()

  constructor(adapter, out) {
    this.#adapter = adapter
    this.#out = out
  }

  // receive handles one line. It returns the seq of a stop, and undefined else.
  receive(line) {
    const { message, bad } = parse(line)
    if (bad) {
      this.send(bad)
    } else if (message.cmd === 'stop') {
      for (const caller of this.#callers.values()) caller.abort()
      return message.seq
    } else {
      this.#answer(message)
    }
  }

  // send writes one whole line. A stream takes each write as one, in order.
  send(answer) {
    this.#out.write(written(answer) + '\n')
  }

  // settle waits for the answers still due, but no longer than most.
  async settle(most) {
    let timer
    const enough = new Promise((resolve) => { timer = setTimeout(resolve, most) })
    await Promise.race([Promise.all(this.#pending), enough])
    clearTimeout(timer)
  }

  #answer(message) {
    const { seq } = message
    const answer = this.#dispatch(message)
    if (typeof answer !== 'function') return this.send({ seq, ...answer })
    // An adapter that is not concurrent is asked one thing at a time.
    const before = this.#adapter.concurrent ? undefined : this.#turn
    const work = (async () => {
      await before
      this.send({ seq, ...(await answer()) })
    })()
    this.#turn = work
    this.#pending.add(work)
    // Not finally: work that fails must stay unhandled, and crash.
    work.then(() => this.#pending.delete(work))
  }

  // An answer is an object, or a function that finds it where that takes time.
  #dispatch(message) {
    switch (message.cmd) {
      case 'hello': return this.#hello()
      case 'noop': return { ok: true }
      case 'trust': return this.#trust(message)
      case 'verify': return this.#verify(message)
      case 'drop': return this.#drop(message)
      case 'cancel': return this.#ifCan('cancel', () => this.#cancel(message))
      case 'clock': return this.#ifCan('clock', () => this.#setClock(message))
      case 'restart': return this.#ifCan('restart', () => this.#restart())
      case 'verify-jws': return this.#ifCan('jws', () => this.#verifyJWS(message))
      default: return { error: `unknown cmd ${JSON.stringify(message.cmd)}` }
    }
  }

  #can(feature) {
    return this.#adapter.can.includes(feature)
  }

  #ifCan(feature, run) {
    return this.#can(feature) ? run() : unsupported(feature)
  }

  #hello() {
    const { target, profile, algs, can, declares = {}, faketime, token, concurrent = false } = this.#adapter
    const runtime = `node ${process.versions.node}`
    return {
      protocol: 1,
      target: { language: 'javascript', runtime, ...target },
      profile, algs, can, declares, faketime, token, concurrent,
    }
  }

  #trust(message) {
    const { issuers } = message
    if (!Array.isArray(issuers) || issuers.length === 0) return { error: 'trust names no issuer' }
    if (!this.#can('discovery') && issuers.some((i) => !i.jwksURI && !i.jwks)) {
      return { error: 'this adapter cannot discover, and trust gives no jwksURI' }
    }
    const feature = missingForTrust(this.#adapter, message)
    if (feature) return unsupported(feature)
    const session = this.#open(message.session, message, { offset: undefined })
    return async () => {
      await session.start()
      return session.refused ?? { ok: true }
    }
  }

  // open registers a session before its validator exists, so that a message
  // that follows at once finds it.
  #open(name, words, clock) {
    const now = () => new Date(Date.now() + (clock.offset ?? this.#clock.offset ?? 0))
    const session = { words, clock, validator: undefined, refused: undefined }
    session.ready = new Promise((resolve) => { session.isReady = resolve })
    session.start = async () => {
      try {
        session.validator = await this.#adapter.trust({ ...words, now })
      } catch (err) {
        session.refused = this.#refusal(err)
      }
      session.isReady()
    }
    this.#sessions.set(name, session)
    return session
  }

  #verify(message) {
    const feature = missingForVerify(this.#adapter, message)
    if (feature) return unsupported(feature)
    const session = this.#sessions.get(message.session)
    if (!session) return { error: `there is no session ${JSON.stringify(message.session)}` }
    return this.#asked(message, async (attempt) => {
      await session.ready
      if (session.refused) return session.refused
      const claims = await session.validator.verify(attempt)
      return { verdict: 'accept', claims: this.#can('claims') ? claims ?? {} : undefined }
    })
  }

  #verifyJWS(message) {
    return this.#asked(message, async (jws) => {
      await this.#adapter.verifyJWS(jws)
      return { verdict: 'accept' }
    })
  }

  // asked hands a message with its token and its caller's signal to the
  // validator. What the validator throws or rejects with is its answer.
  #asked(message, ask) {
    const caller = this.#caller(message)
    return async () => {
      try {
        const attempt = await withToken(message)
        return await ask({ ...attempt, signal: caller.signal })
      } catch (err) {
        return err instanceof Unreadable ? { error: err.message } : this.#refusal(err)
      } finally {
        caller.done()
      }
    }
  }

  // caller is whoever asks the message: its signal is aborted by the deadline,
  // and by cancel, for validators that take one.
  #caller({ seq, deadline }) {
    const controller = new AbortController()
    const abort = () => controller.abort()
    const timer = deadline === undefined ? undefined : setTimeout(abort, milliseconds(deadline))
    this.#callers.set(seq, { abort })
    const done = () => {
      clearTimeout(timer)
      this.#callers.delete(seq)
    }
    return { signal: controller.signal, done }
  }

  // cancel lets the caller of another message give up. That message is still
  // answered, with what the validator then says.
  #cancel({ of }) {
    this.#callers.get(of)?.abort()
    return { ok: true }
  }

  #setClock({ now, session: name }) {
    const at = Date.parse(now)
    if (Number.isNaN(at)) return { error: `now is no time: ${JSON.stringify(now)}` }
    const session = this.#sessions.get(name)
    if (name !== undefined && !session) return { error: `there is no session ${JSON.stringify(name)}` }
    ;(session?.clock ?? this.#clock).offset = at - Date.now()
    return { ok: true }
  }

  // drop forgets a session. One that is not there is as good as dropped.
  #drop({ session }) {
    this.#sessions.delete(session)
    return { ok: true }
  }

  // restart gives every session a new validator with an empty cache, all at
  // once. One that refuses to start says so to the next verify.
  #restart() {
    return async () => {
      const before = [...this.#sessions]
      await Promise.all(before.map(([name, { words, clock }]) => this.#open(name, words, clock).start()))
      return { ok: true }
    }
  }

  // refusal is what an error of the validator says. Its causes belong to the
  // reason: fetch tells only there why it failed.
  #refusal(err) {
    const said = err instanceof Error ? [] : [String(err)]
    for (let e = err; e instanceof Error && said.length < 4; e = e.cause) said.push(e.message || e.code || e.name)
    return { verdict: 'reject', ...this.#adapter.explain?.(err), reason: said.join(': ').slice(0, 4096) }
  }
}

function unsupported(feature) {
  return { unsupported: `the validator has nothing for ${feature}`, feature }
}

// parse reads one line into a message, or into the answer that says what is
// wrong with it. Seq 0 stands for none.
function parse(line) {
  const bad = (error, seq = 0) => ({ bad: { seq, error } })
  let message
  try {
    message = JSON.parse(line)
  } catch (err) {
    return bad(`the line is no JSON object: ${err.message}`)
  }
  if (message === null || typeof message !== 'object' || Array.isArray(message)) {
    return bad('the line is no JSON object')
  }
  const { seq, deadline } = message
  if (!Number.isInteger(seq) || seq === 0) return bad('the message has no seq')
  if (deadline !== undefined && Number.isNaN(milliseconds(deadline))) {
    return bad(`deadline is no duration: ${JSON.stringify(deadline)}`, seq)
  }
  return { message }
}
