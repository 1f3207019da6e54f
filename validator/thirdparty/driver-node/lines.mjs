// Splits a stream into lines at \n alone. Not node:readline: it also ends lines
// at U+2028 and \r, and it is slow where one line is 64 MiB.
export async function* lines(stream) {
  let pieces = []
  for await (let chunk of stream) {
    for (let end; (end = chunk.indexOf(0x0a)) !== -1; chunk = chunk.subarray(end + 1)) {
      pieces.push(chunk.subarray(0, end))
      yield Buffer.concat(pieces).toString('utf8')
      pieces = []
    }
    if (chunk.length > 0) pieces.push(chunk)
  }
  if (pieces.length > 0) yield Buffer.concat(pieces).toString('utf8')
}
