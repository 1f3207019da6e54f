// Preloaded into an adapter by a test: Date.now is ahead of the machine by the
// milliseconds that a file holds, so that a test can pass time without waiting.
import { readFileSync } from 'node:fs'

const real = Date.now
Date.now = () => real() + Number(readFileSync(process.env.SHIFTED_CLOCK_FILE, 'utf8'))
