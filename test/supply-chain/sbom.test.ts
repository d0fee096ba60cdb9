import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { lockedPackages, readManifest, root, type LockedPackage } from '../support/lockfile.ts'

interface Component {
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses?: readonly { readonly license?: { readonly id: string }; readonly expression?: string }[]
  readonly hashes: readonly { readonly alg: string; readonly content: string }[]
}

interface Bom {
  readonly bomFormat: string
  readonly specVersion: string
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string }[]
}

test('npm run sbom names every package of a production installation, with version, licence and hash', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bincard-sbom-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const [first = '', second = ''] = ['first.json', 'second.json'].map((name) => {
    const file = join(folder, name)
    const script = join(root, 'scripts/write-sbom.ts')
    const { status, stderr } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    return readFileSync(file, 'utf8')
  })
  assert.equal(first, second, 'the same lockfile gives another file')

  const { bomFormat, specVersion, metadata, components, dependencies } = JSON.parse(first) as Bom
  assert.deepEqual([bomFormat, metadata.component.name], ['CycloneDX', readManifest().name])
  assert.match(specVersion, /^1\.\d$/)
  assert.deepEqual(
    components.map(describe).toSorted(),
    // One that lies in two places is named once.
    [
      ...new Set(
        lockedPackages()
          .filter(({ dev }) => dev !== true)
          .map(asDescribed),
      ),
    ].toSorted(),
  )
  // Ours is among them: what it depends on is told, too.
  assert.equal(dependencies.length, components.length + 1)
  for (const name of Object.keys(readManifest().dependencies))
    assert.ok(
      components.some((one) => one.name === name),
      name,
    )
})

function describe({ name, version, licenses = [], hashes }: Component): string {
  const [licence] = licenses
  const [hash] = hashes
  assert.equal(hash?.alg, 'SHA-512')
  return `${name} ${version} ${licence?.license?.id ?? licence?.expression} ${hash.content}`
}

function asDescribed({ name, version, license, integrity = '' }: LockedPackage): string {
  const hash = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
  return `${name} ${version} ${license} ${hash}`
}
