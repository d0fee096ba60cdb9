import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { heldMovement, receiversCard, samples, sendersHeldCard } from '../../src/api/samples.ts'

const root = join(import.meta.dirname, '../..')
/** What a person opens first must be read in one sitting. */
const mostReadmeLines = 150
/** Code in a text that has more words is a title of a test. */
const sentenceWords = 5

const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).toSorted()
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

for (const page of pages) {
  test(`every link of ${page} leads to a file, and its anchor to a heading`, () => {
    assert.deepEqual(
      linksOf(textOf(page))
        .map(({ target }) => target)
        .filter((target) => !/^https?:/.test(target) && !leadsSomewhere(page, target)),
      [],
    )
  })
}

test('every file and folder that a page names is there', () => {
  const named = pages.flatMap((page) =>
    [...textOf(page).matchAll(/`((?:src|test|stack|scripts|docs)\/[^`\s*]*)`/g)].map(([, path = '']) => path),
  )
  assert.ok(named.length > 0)
  assert.deepEqual(
    named.filter((path) => !existsSync(join(root, path))),
    [],
  )
})

test('every test that docs/decisions.md quotes is there', () => {
  const quoted = [...textOf('docs/decisions.md').matchAll(/`([a-z][^`]*)`/g)]
    .map(([, code = '']) => code.replaceAll(/\s+/g, ' '))
    .filter((code) => code.split(' ').length > sentenceWords)
  const tests = globSync('test/**/*.test.ts', { cwd: root })
  assert.ok(quoted.length > 0)
  assert.deepEqual(
    quoted.filter((title) => !tests.some((file) => hasTest(file, title))),
    [],
  )
})

for (const page of ['README.md', 'README.ru.md']) {
  suite(page, () => {
    const text = textOf(page)

    test(`has at most ${mostReadmeLines} lines`, () => {
      const lines = text.trimEnd().split('\n').length
      assert.ok(lines <= mostReadmeLines, `${lines} lines`)
    })

    test('names for each promise a file that keeps it and a test that proves it', () => {
      const rows = promisesOf(text)
      assert.ok(rows.length >= 10, `${rows.length} promises`)
      const faults = rows.flatMap(({ promise, keptBy, provenBy }) => [
        ...(keptBy.length === 0 || provenBy.length === 0 ? [`nobody keeps or proves: ${promise}`] : []),
        ...keptBy.filter(({ target }) => !existsSync(join(root, target))).map(({ target }) => target),
        ...provenBy.filter(({ label, target }) => !hasTest(target, label)).map(({ label }) => label),
      ])
      assert.deepEqual(faults, [])
    })

    test('shows the answers that the description of the API shows for the same two messages', () => {
      const { movementId, senderId, receiverId, productId } = samples
      const [arrived] = receiversCard.history
      const card = { ...receiversCard, history: [{ ...arrived, status: heldMovement.status }] }
      assert.deepEqual(
        answersOf(text),
        new Map<string, unknown>([
          [`/api/movements/${movementId}`, withoutChance(heldMovement)],
          [`/api/warehouses/${receiverId}/products/${productId}`, withoutChance(card)],
          [`/api/warehouses/${senderId}/products/${productId}`, withoutChance(sendersHeldCard)],
        ]),
      )
    })
  })
}

test('the Russian README has the sections, code, files and proofs of the English one', () => {
  const [english, russian] = [textOf('README.md'), textOf('README.ru.md')].map((text) => ({
    headings: headingsOf(text).map(({ level }) => level),
    code: [...text.matchAll(/^```[^]*?^```$/gm)].map(([block]) => block),
    promises: promisesOf(text).map(({ keptBy, provenBy }) => ({ keptBy, provenBy })),
    links: linksOf(text)
      .map(({ target }) => target)
      .filter((target) => !target.startsWith('README'))
      // A page that is there in both languages.
      .map((target) => target.replace('.ru.md', '.md')),
  }))
  assert.deepEqual(russian, english)
})

interface Link {
  readonly label: string
  readonly target: string
}

function linksOf(markdown: string): Link[] {
  return [...markdown.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)].map(([, label = '', target = '']) => ({
    label,
    target,
  }))
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, file))) return false
  return anchor === undefined || headingsOf(textOf(file)).some((heading) => heading.anchor === anchor)
}

/** Headings outside code, with the anchors that GitHub and GitLab give them. */
function headingsOf(markdown: string): { readonly level: number; readonly anchor: string }[] {
  const prose = markdown.replaceAll(/^```[^]*?^```$/gm, '')
  return [...prose.matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    anchor: title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  }))
}

interface PromiseRow {
  readonly promise: string
  readonly keptBy: readonly Link[]
  readonly provenBy: readonly Link[]
}

/** The rows of the table whose last column names tests. */
function promisesOf(markdown: string): PromiseRow[] {
  const rows = markdown.split('\n').filter((line) => line.startsWith('|'))
  return rows
    .map((row) => row.split('|').slice(1, -1))
    .filter((cells) => cells.length === 3 && (cells[1] ?? '').includes(']('))
    .map(([promise = '', keptBy = '', provenBy = '']) => ({
      promise: promise.trim(),
      keptBy: linksOf(keptBy),
      provenBy: linksOf(provenBy),
    }))
}

/** A title stands in the file between quotes, as what `test` or `fault` is told of it. */
function hasTest(file: string, title: string): boolean {
  return (
    existsSync(join(root, file)) &&
    /\b(?:test\(|fault\(\s*'F\w+',)\s*$/.test(textOf(file).split(`'${title}'`)[0] ?? '')
  )
}

/** Each `curl` of the console blocks by its path, with what it printed; variables of the shell are filled in. */
function answersOf(markdown: string): Map<string, unknown> {
  const console = [...markdown.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, block]) => block).join('\n')
  const variables = new Map(
    [...console.matchAll(/\b([A-Z]+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  )
  const calls = console.matchAll(/^\$ curl http:\/\/127\.0\.0\.1:8000(\S+)\n([^$]*)/gm)
  return new Map(
    [...calls].map(([, path = '', printed = '']) => [
      path.replaceAll(/\$([A-Z]+)/g, (_, name: string) => variables.get(name) ?? ''),
      withoutChance(JSON.parse(printed)),
    ]),
  )
}

/** Where a message lay in the log, and when it was recorded, is another story on each machine. */
function withoutChance(answer: unknown): unknown {
  const chance = new Set(['partition', 'offset', 'recorded_at', 'updated_at'])
  return JSON.parse(
    JSON.stringify(answer, (key, value: unknown) => (chance.has(key) && value !== null ? 'any' : value)),
  )
}
