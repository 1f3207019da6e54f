// Preloaded into an adapter by a test: the wall clock and the monotonic one are
// ahead of the machine's, each by the seconds that a file holds.
import { readFileSync } from 'node:fs'

const ahead = () => JSON.parse(readFileSync(process.env.SHIFTED_CLOCKS_FILE, 'utf8'))
const { now } = Date
Date.now = () => now() + ahead().wall * 1000
const elapsed = performance.now.bind(performance)
performance.now = () => elapsed() + ahead().monotonic * 1000
const { hrtime } = process
process.hrtime = Object.assign((since) => {
  const [s, ns] = hrtime(since)
  return [s + (since ? 0 : ahead().monotonic), ns]
}, hrtime)
