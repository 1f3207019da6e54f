import { readFile } from 'node:fs/promises'

// Unreadable says that a message's token could not be had: then the validator
// cannot be asked.
export class Unreadable extends Error {}

// withToken puts a message's token in its place, whichever way it was sent.
// Bytes that are not UTF-8 stay bytes.
export async function withToken(message) {
  return { ...message, token: textOrBytes(await tokenOf(message)) }
}

async function tokenOf({ token, tokenB64, tokenFile }) {
  if (tokenFile !== undefined) {
    return readFile(tokenFile).catch((err) => { throw new Unreadable(`tokenFile: ${err.message}`) })
  }
  if (tokenB64 !== undefined) {
    // Buffer.from skips what is no base64.
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(tokenB64)) throw new Unreadable('tokenB64 is no base64')
    return Buffer.from(tokenB64, 'base64')
  }
  // The protocol leaves an empty token out.
  if (token === undefined) return ''
  if (typeof token !== 'string') throw new Unreadable('the token is no text')
  return token
}

function textOrBytes(token) {
  if (typeof token === 'string') return token
  const text = token.toString('utf8')
  return Buffer.from(text).equals(token) ? text : new Uint8Array(token)
}
