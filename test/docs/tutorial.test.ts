/** The tutorial, done from its first line to its last by somebody who has nothing but the repository. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { root } from '../../stack/state.ts'
import { readGuide } from '../support/guide.ts'
import { newReader } from '../support/reader.ts'

const read = async (page: string): Promise<string> => await readFile(join(root, 'docs', page), 'utf8')

suite('the tutorial', () => {
  test('every command does what the page shows, from the first line to the last', async (t) => {
    const reader = await newReader(t, { packages: 'shared' })
    assert.deepEqual(await reader.follow(await read('tutorial.md')), [])
  })

  test('has the same commands in Russian, with the same answers', async () => {
    const [english, russian] = [readGuide(await read('tutorial.md')), readGuide(await read('tutorial.ru.md'))]
    const told = (steps: typeof english) => steps.map((step) => ({ ...step, line: 0 }))
    assert.deepEqual(told(russian), told(english))
  })
})
