// A client for tests: it talks to one adapter process.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { lines } from '../lines.mjs'

// How long a test waits for an event before it fails.
export const patience = 20_000

export class Client {
  #child
  #seq = 0
  #waiting = new Map()
  #early = new Map()
  exit

  // start runs an adapter with this runtime, and kills it when the test ends.
  static start(t, argv, env = {}) {
    const client = new Client()
    const child = spawn(process.execPath, argv, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
    client.#child = child
    child.stdin.on('error', () => {}) // an adapter that crashed no longer reads
    child.stderr.resume()
    client.exit = new Promise((resolve) => child.on('close', (status) => resolve(status)))
    client.#read(child.stdout)
    t.after(() => child.kill('SIGKILL'))
    return client
  }

  async #read(stdout) {
    for await (const line of lines(stdout)) {
      const { seq, ...answer } = JSON.parse(line)
      const resolve = this.#waiting.get(seq)
      this.#waiting.delete(seq)
      if (resolve) resolve(answer)
      else this.#early.set(seq, answer)
    }
  }

  // send sends a message with the next seq and returns the seq.
  send(message) {
    const seq = ++this.#seq
    this.raw(JSON.stringify({ seq, ...message }))
    return seq
  }

  raw(line) {
    this.#child.stdin.write(line + '\n')
  }

  // answer waits for the answer to seq, in whatever order the answers come.
  async answer(seq) {
    if (this.#early.has(seq)) {
      const answer = this.#early.get(seq)
      this.#early.delete(seq)
      return answer
    }
    return within(`an answer to ${seq}`, new Promise((resolve) => this.#waiting.set(seq, resolve)))
  }

  ask(message) {
    return this.answer(this.send(message))
  }

  // expect asks, and checks the fields that want holds.
  async expect(message, want) {
    includes(await this.ask(message), want)
  }

  closeInput() {
    this.#child.stdin.end()
  }

  status() {
    return within('the exit', this.exit)
  }
}

// includes fails unless got holds all of want.
export function includes(got, want) {
  const part = Object.fromEntries(Object.keys(want).map((k) => [k, got[k]]))
  assert.deepEqual(part, want, `got ${JSON.stringify(got)}`)
}

// within fails where an event does not come.
export async function within(what, event) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} does not come`)), patience)
  })
  try {
    return await Promise.race([event, late])
  } finally {
    clearTimeout(timer)
  }
}
