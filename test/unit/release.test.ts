import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingIn, readRelease, type Release } from '../../scripts/release-check.ts'

const ready: Release = {
  version: '1.2.3',
  chartVersion: '1.2.3',
  changelog: '# Changelog\n\n## [1.2.3] - 2026-11-28\n\n### Added\n',
  hasNotes: true,
  repository: 'git+https://example.com/bincard.git',
  tag: 'v1.2.3',
}

test('a version that has all of it can be released', () => {
  assert.deepEqual(missingIn(ready), [])
})

test('each thing that is missing is named', () => {
  const changes: readonly (readonly [Partial<Release>, RegExp])[] = [
    [{ changelog: '# Changelog\n\n## [1.2.2] - 2026-11-01\n' }, /no section for 1\.2\.3/],
    [{ changelog: '## [1.2.3] - Unreleased\n' }, /does not say when/],
    [{ chartVersion: '1.2.2' }, /appVersion 1\.2\.2/],
    [{ hasNotes: false }, /docs\/releases\/1\.2\.3\.md/],
    [{ repository: undefined }, /names no repository/],
    [{ tag: 'v1.3.0' }, /tag is v1\.3\.0/],
  ]
  for (const [change, expected] of changes) {
    const missing = missingIn({ ...ready, ...change })
    assert.equal(missing.length, 1)
    assert.match(missing[0] ?? '', expected)
  }
})

test('of this version nothing is missing but its day and the address of the repository', () => {
  const kinds = missingIn(readRelease(join(import.meta.dirname, '../..'), {})).filter(
    (text) => !/does not say when|names no repository/.test(text),
  )
  assert.deepEqual(kinds, [])
})
