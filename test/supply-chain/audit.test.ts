/** Known weaknesses of what a production installation consists of. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { npm } from '../../scripts/npm.ts'
import { lockedPackages, root } from '../support/lockfile.ts'

/** What npm knows of advisories; or why it knows nothing. */
type Audit = { readonly severe: number; readonly text: string } | { readonly unknown: string }

interface Report {
  readonly auditReportVersion?: number
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> }
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>
  readonly statusCode?: number
  readonly message?: string
}

test('no package of a production installation has a known weakness of high or critical severity', async (t) => {
  const found = await audit()
  if ('unknown' in found) t.skip(`the registry answers no advisories: ${found.unknown}`)
  else assert.equal(found.severe, 0, found.text)
})

test('a registry with an advisory fails the audit, one without passes it, one that cannot say is told apart', async (t) => {
  const { version } = lockedPackages().find(({ name }) => name === 'fastify') ?? { version: '' }
  const advisory = (severity: string) => ({
    fastify: [
      {
        id: 1,
        url: 'x',
        title: 'A test',
        severity,
        vulnerable_versions: version,
        cwe: [],
        cvss: { score: 9 },
      },
    ],
  })
  assert.deepEqual(await severeAt(await registry(t, 200, {})), 0)
  assert.deepEqual(await severeAt(await registry(t, 200, advisory('moderate'))), 0)
  assert.deepEqual(await severeAt(await registry(t, 200, advisory('high'))), 1)
  assert.deepEqual(await severeAt(await registry(t, 200, advisory('critical'))), 1)
  assert.deepEqual(await severeAt(await registry(t, 405, '')), 'unknown')
  assert.deepEqual(await severeAt('http://127.0.0.1:1/'), 'unknown')

  async function severeAt(address: string): Promise<number | 'unknown'> {
    // A cache of its own: npm keeps what it was told of an advisory.
    const cache = mkdtempSync(join(tmpdir(), 'bincard-audit-'))
    t.after(() => rmSync(cache, { recursive: true }))
    const found = await audit(`--registry=${address}`, `--cache=${cache}`)
    return 'unknown' in found ? 'unknown' : found.severe
  }
})

async function audit(...options: readonly string[]): Promise<Audit> {
  const args = ['audit', '--omit=dev', '--json', '--package-lock-only', '--fetch-retries=0', ...options]
  const { stdout, stderr } = await npm(args, root)
  const report = JSON.parse(stdout) as Report
  if (report.auditReportVersion === undefined) {
    assert.ok(report.message !== undefined, stderr)
    return { unknown: report.message }
  }
  const { high = 0, critical = 0 } = report.metadata?.vulnerabilities ?? {}
  return { severe: high + critical, text: JSON.stringify(report.vulnerabilities, null, 2) }
}

/** A registry on loopback that knows these advisories and the one package that they are about; its address. */
async function registry(
  t: { after(tidyUp: () => void): void },
  status: number,
  advisories: unknown,
): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    const isAdvisories = request.url?.endsWith('/advisories/bulk') === true
    const [fastify] = lockedPackages().filter(({ name }) => name === 'fastify')
    const packument = { name: 'fastify', versions: { [fastify?.version ?? '']: fastify } }
    response.writeHead(isAdvisories ? status : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isAdvisories ? advisories : packument))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
