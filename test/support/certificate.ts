/** A certificate of a test's own, made by the tools of the JDK that Kafka needs anyway. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stateFolder } from '../../stack/state.ts'
import type { Owner } from './environment.ts'

const run = promisify(execFile)

export interface Certificate {
  /** PKCS #12 with both, as Java reads it. */
  readonly keystore: string
  readonly keystorePassword: string
  /** PEM files. It signs itself, and so is the authority that clients trust. */
  readonly certificateFile: string
  readonly keyFile: string
}

/** For `localhost` and 127.0.0.1, and for nobody else. */
export async function makeCertificate(owner: Owner): Promise<Certificate> {
  await mkdir(stateFolder, { recursive: true })
  const folder = await mkdtemp(join(stateFolder, 'certificate-'))
  owner.after(() => rm(folder, { recursive: true }))
  const [keystore, keystorePassword] = [join(folder, 'keystore.p12'), 'changeit']
  await run(
    'keytool',
    [
      ['-genkeypair', '-alias', 'test', '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '2'],
      ['-dname', 'CN=localhost', '-ext', 'san=dns:localhost,ip:127.0.0.1', '-ext', 'bc:c'],
      ['-storetype', 'PKCS12', '-keystore', keystore, '-storepass', keystorePassword],
    ].flat(),
  )
  const source = join(import.meta.dirname, 'KeyToPem.java')
  const { stdout } = await run('java', [source, keystore, keystorePassword])
  const end = stdout.indexOf('-----BEGIN PRIVATE KEY-----')
  const [certificateFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  await writeFile(certificateFile, stdout.slice(0, end))
  await writeFile(keyFile, stdout.slice(end), { mode: 0o600 })
  return { keystore, keystorePassword, certificateFile, keyFile }
}
