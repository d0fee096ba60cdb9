/** Every other page with commands in it: each is run, or says what it needs that is not here. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { root } from '../../stack/state.ts'
import { readGuide } from '../support/guide.ts'
import { newReader, type Replace } from '../support/reader.ts'

const read = (page: string): string => readFileSync(join(root, page), 'utf8')

/** Tested beside this file, and the examples of the commands by `cli-examples.test.ts`. */
const elsewhere = /^(?:README(?:\.ru)?\.md|docs\/tutorial(?:\.ru)?\.md|docs\/reference\/cli\.md)$/
const pages = globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md'], { cwd: root })
  .filter((page) => !elsewhere.test(page) && readGuide(read(page)).length > 0)
  .toSorted()

/** What no test has; nothing else is left out. */
const left: Readonly<Record<string, readonly string[]>> = {
  'deploy/README.md': ['a cluster', 'a server'],
  'docs/client.md': ['another project'],
  'docs/load-test.md': ['a machine for itself'],
  'docs/performance.md': ['a machine for itself'],
  'docs/releasing.md': ['a version to release', 'a version to release'],
  'docs/simulation.md': ['a machine for itself'],
}

/** What a reader of the page has already. */
const before: Readonly<Record<string, string>> = {
  'docs/quarantine.md': `\`\`\`sh
KEY=none URL=http://127.0.0.1:8000
npm run --silent bincard -- send file docs/samples/arrival.json
sed 's/"id": "b3b/"id": "c3b/' docs/samples/arrival.json > equal.json
npm run --silent bincard -- send file equal.json || [ $? = 1 ]
\`\`\``,
}
const ownNumbers: Replace = (text) => text.replace('/quarantine/12', '/quarantine/1')

/** What stands in a block without being typed. */
const notTyped = new Set(['json', 'js', 'ts', 'text', 'yaml', 'dotenv', 'csv', 'sql', 'mermaid'])

suite('pages with commands', () => {
  test('no block of any page hides its commands behind another name', () => {
    const all = globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md'], { cwd: root })
    const blocks = all.flatMap((page) =>
      [...read(page).matchAll(/^ *```(.*)\n([^]*?)^ *```$/gm)].map(([, language = '', body = '']) => ({
        page,
        language,
        body,
      })),
    )
    assert.ok(blocks.length > 20)
    const isTyped = (language: string): boolean => language === 'sh' || language === 'console'
    const looksTyped = /^ *(?:\$|npm|curl|bincard|docker|kubectl|helm) /m
    assert.deepEqual(
      blocks.filter(
        ({ language, body }) =>
          !isTyped(language) && (!notTyped.has(language) || (language === 'text' && looksTyped.test(body))),
      ),
      [],
    )
  })

  test('all that can be run here is run, and does what the page shows', async (t) => {
    assert.ok(pages.includes('docs/operations.md'), 'the pages are found')
    const reader = await newReader(t, { packages: 'shared' })
    await reader.follow('```sh\nnpm start -- --no-demo\n```')
    const found: Record<string, string[]> = {}
    // The page of opening stock begins with empty books, the one of operations with what that leaves.
    const first = ['docs/opening-stock.md', 'docs/operations.md']
    for (const page of [...first, ...pages.filter((name) => !first.includes(name))]) {
      await reader.follow(before[page] ?? '')
      const needs = await reader.follow(read(page), ownNumbers)
      if (needs.length > 0) found[page] = needs
    }
    assert.deepEqual(found, left)
  })
})
