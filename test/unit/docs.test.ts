import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { generateDocs, repository } from '../../scripts/generate-docs.ts'
import { rejections } from '../../src/message/rejection.ts'

for (const { path, text } of await generateDocs()) {
  test(`${path} is what the code says now (else: npm run docs)`, async () => {
    const written = await readFile(join(repository, path), 'utf8')
    assert.deepEqual(firstDifference(written, text), null)
  })
}

test('docs/quarantine.md says of every reason for quarantine what to do', async () => {
  const page = await readFile(join(repository, 'docs/quarantine.md'), 'utf8')
  const explained = [...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, code]) => code)
  assert.deepEqual(explained, Object.keys(rejections))
})

/** The first line that differs: two whole pages would bury it. */
function firstDifference(written: string, text: string) {
  const [old, now] = [written.split('\n'), text.split('\n')]
  const index = Array.from({ length: Math.max(old.length, now.length) }).findIndex(
    (_, at) => old[at] !== now[at],
  )
  return index === -1 ? null : { line: index + 1, written: old[index], now: now[index] }
}
