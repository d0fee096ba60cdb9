import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { freshDatabase, freshTopic } from '../support/environment.ts'
import { packInto } from '../support/package.ts'
import { startService } from '../support/service-process.ts'

const run = promisify(execFile)

test('the packed client type-checks in a program of its own, and that program speaks to a service', async (t) => {
  const project = await makeProject(t)
  await installInto(project)
  await writeFile(join(project, 'program.ts'), program)
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    const options = ['--module', module, '--moduleResolution', moduleResolution]
    await run('tsc', [...strict, ...options, 'program.ts'], { cwd: project })
    const wrong = run('tsc', [...strict, ...options, 'wrong.ts'], { cwd: project })
    await assert.rejects(wrong, ({ stdout }: { stdout: string }) => {
      const lines = stdout.split('\n').map((line) => /^wrong\.ts\((\d+),/.exec(line)?.[1])
      assert.deepEqual(
        lines.filter((line) => line !== undefined),
        ['3', '4', '5', '6'],
      )
      return true
    })
  }

  const [database, topic] = [await freshDatabase(t), await freshTopic(t, 2)]
  const service = await startService(t, { database, topic })
  await service.ready()
  const { stdout } = await run(process.execPath, ['program.js', `http://127.0.0.1:${service.port}`], {
    cwd: project,
  })
  assert.deepEqual(JSON.parse(stdout), {
    outcomes: ['booked', 'booked', 'booked'],
    card: { quantity: 6, history: 3 },
    lines: [3, 2, 1],
    movements: 3,
    problem: { name: 'BincardProblem', code: 'movement_unknown', status: 404 },
  })
})

/** Declarations are checked, too: what a user with the strictest settings sees. */
const strict = [
  '--strict',
  '--exactOptionalPropertyTypes',
  '--noUncheckedIndexedAccess',
  '--target',
  'es2023',
]

async function makeProject(t: TestContext): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'bincard-client-'))
  t.after(() => rm(project, { recursive: true, force: true }))
  await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }')
  await writeFile(join(project, 'wrong.ts'), wrongProgram)
  return project
}

async function installInto(project: string): Promise<void> {
  const { path } = await packInto(project)
  const modules = join(project, 'node_modules/bincard')
  await mkdir(modules, { recursive: true })
  await run('tar', ['--extract', '--file', path, '--directory', modules, '--strip-components=1'], {
    cwd: project,
  })
}

const program = `
import { BincardProblem, createClient, items, pages, type Card, type MovementMessage } from 'bincard/client'

const client = createClient({ baseUrl: process.argv[2] ?? '' })
const warehouse_id = 'c1d70455-7e14-11e9-812a-70106f431230'
const product_id = '4705204f-498f-4f96-b4ba-df17fb56bf55'
const movementId = (n: number) => \`00000000-0000-4000-8000-00000000000\${n}\`
const arrivals = [1, 2, 3].map((n): MovementMessage => ({
  specversion: '1.0',
  type: 'ru.retail.warehouses.movement',
  id: String(n),
  source: 'WH-3423',
  subject: 'WH-3423:ARRIVAL',
  data: {
    movement_id: movementId(n),
    warehouse_id,
    product_id,
    event: 'arrival',
    timestamp: \`2025-02-18T12:00:0\${n}Z\`,
    quantity: n,
  },
}))
const { outcomes } = await client.postEvents({ body: arrivals, mediaType: 'application/cloudevents-batch+json' })
const card: Card = await client.getCard({ warehouse_id, product_id })
const lines: number[] = []
for await (const page of pages(client.getCard, { warehouse_id, product_id, limit: 2 })) {
  for (const { line } of page.history) lines.push(line)
}
const movements = new Set<string>()
for await (const { movement_id } of items(client.listMovements, { limit: 1 })) movements.add(movement_id)
const problem = await client.getMovement({ movement_id: movementId(9) }).then(
  () => null,
  (error: unknown) => {
    if (!(error instanceof BincardProblem)) throw error
    return { name: error.name, code: error.code, status: error.status }
  },
)
console.log(JSON.stringify({
  outcomes: outcomes.map(({ outcome }) => outcome),
  card: { quantity: card.quantity, history: card.history.length },
  lines,
  movements: movements.size,
  problem,
}))
declare const process: { argv: string[] }
`

/** Each line from the third on has one mistake. */
const wrongProgram = `import { createClient, items } from 'bincard/client'
const client = createClient({ baseUrl: '' })
client.getMovement({})
client.getMovement({ movement_id: 'a', limit: 1 })
client.listMovements({ status: 'lost' })
for await (const { size } of items(client.listHeld, {})) console.log(size)
`
