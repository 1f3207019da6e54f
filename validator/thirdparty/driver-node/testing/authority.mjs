import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

// authority makes a throwaway CA and a certificate for 127.0.0.1 by it. It
// skips the test and returns nothing where there is no openssl.
export async function authority(t) {
  const dir = await mkdtemp(join(tmpdir(), 'authority-'))
  t.after(() => rm(dir, { recursive: true }))
  const at = (name) => join(dir, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await writeFile(at('leaf.ext'), 'subjectAltName=IP:127.0.0.1\n')
  try {
    await run('openssl', ['req', '-x509', ...newKey, '-subj', '/CN=throwaway CA', '-days', '2',
      '-addext', 'basicConstraints=critical,CA:TRUE', '-keyout', at('ca.key'), '-out', at('ca.pem')])
    await run('openssl', ['req', ...newKey, '-subj', '/CN=127.0.0.1', '-keyout', at('leaf.key'), '-out', at('leaf.csr')])
    await run('openssl', ['x509', '-req', '-in', at('leaf.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'),
      '-CAcreateserial', '-days', '2', '-extfile', at('leaf.ext'), '-out', at('leaf.pem')])
  } catch (err) {
    if (err.code !== 'ENOENT') throw err
    t.skip('no openssl to make a certificate with')
    return undefined
  }
  return {
    caFile: at('ca.pem'),
    caPEM: await readFile(at('ca.pem'), 'utf8'),
    key: await readFile(at('leaf.key')),
    cert: await readFile(at('leaf.pem')),
  }
}
