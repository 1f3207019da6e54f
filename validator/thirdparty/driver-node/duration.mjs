const inSeconds = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 }

// seconds turns one of the protocol's durations, in Go's notation ("1m30s"),
// into a number. What is none becomes NaN.
export function seconds(duration) {
  if (duration === '0') return 0
  if (!/^(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$/.test(duration)) return NaN
  let sum = 0
  for (const [, n, unit] of duration.matchAll(/([\d.]+)(h|ms|m|s|us|µs|ns)/g)) sum += n * inSeconds[unit]
  return sum
}

// milliseconds is the same, whole, as timers and time-out options want it.
export const milliseconds = (duration) => Math.round(seconds(duration) * 1000)
