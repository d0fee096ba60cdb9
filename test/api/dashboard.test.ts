/** The page of the dashboard and its files, as the service gives them out. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { views } from '../../src/api/dashboard.ts'
import { ask, startApi } from '../support/http.ts'
import { testKey } from '../support/keys.ts'

const page = '<!doctype html><script type="module" src="/assets/main-abcd1234.js"></script>'
const script = 'export const answer = 42\n'

function buildFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'bincard-dashboard-'))
  t.after(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), page)
  writeFileSync(join(folder, 'assets/main-abcd1234.js'), script)
  writeFileSync(join(folder, 'assets/main-abcd1234.js.br'), brotliCompressSync(script))
  return folder
}

test('the page is the answer to each of its views, also for whoever has no key yet', async (t) => {
  const { url } = await startApi(t, {
    dashboard: buildFolder(t),
    access: { keys: [testKey('reader', 'read').key], requestsPerSecond: 0 },
  })
  for (const path of ['/', '/warehouses/a/products/b', '/movements/a?x=1', '/quarantine/1', '/try']) {
    const { status, headers, text } = await ask(url + path)
    assert.deepEqual([path, status, text], [path, 200, page])
    assert.match(headers.get('content-type') ?? '', /^text\/html/)
    assert.match(headers.get('content-security-policy') ?? '', /script-src 'self'/)
    assert.equal(headers.get('cache-control'), 'no-cache')
  }
  assert.equal((await ask(`${url}/nowhere`)).status, 404)
  assert.equal((await ask(`${url}/api/overview`)).status, 401)
})

test('every view of the page has an address here, and no other has', () => {
  const router = readFileSync(join(import.meta.dirname, '../../web/src/router.tsx'), 'utf8')
  const paths = [...router.matchAll(/\bpath: '([^']+)'/g)].map(([, path = '']) => path.replaceAll('$', ':'))
  assert.deepEqual(paths.toSorted(), views.toSorted())
})

test('a file is kept forever, and comes as small as the browser takes it', async (t) => {
  const { url } = await startApi(t, { dashboard: buildFolder(t) })
  const answer = await fetch(`${url}/assets/main-abcd1234.js`, { headers: { 'accept-encoding': 'br' } })
  assert.equal(answer.headers.get('content-encoding'), 'br')
  assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.match(answer.headers.get('content-type') ?? '', /javascript/)
  assert.equal(await answer.text(), script)
})

test('nothing but its own files is given out', async (t) => {
  const { url } = await startApi(t, { dashboard: buildFolder(t) })
  for (const path of [
    '/assets/other.js',
    '/assets/..%2findex.html',
    '/assets/%2e%2e%2findex.html',
    '/assets/',
  ]) {
    assert.equal((await ask(url + path)).status, 404, path)
  }
})

test('without a build its addresses say how to make it, and the API works', async (t) => {
  const { url } = await startApi(t, { dashboard: '/nowhere' })
  const { status, text } = await ask(`${url}/`)
  assert.equal(status, 503)
  assert.match(text, /npm run build/)
  assert.equal((await ask(`${url}/api/overview`)).status, 200)
})
