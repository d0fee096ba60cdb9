/**
 * node scripts/build-package.ts
 *
 * Makes what `npm pack` puts into the package: the service as JavaScript with its migrations, the client with its types,
 * and the dashboard. npm runs it before it packs.
 */
import { cpSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildDashboard } from '../stack/dashboard.ts'
import { createProgress } from '../stack/progress.ts'
import { runTool } from '../stack/run-tool.ts'
import { root } from '../stack/state.ts'
import { stopSignal } from '../stack/stop-signal.ts'

const signal = stopSignal()
// The output of `npm pack --json` is the package's name: what is said goes beside it.
const progress = createProgress((line) => console.error(line), Date.now)
const compiler = join(root, 'node_modules/typescript/bin/tsc')
/** Some seconds. */
const compileLimitMs = 3 * 60_000
const compile = (project: string): Promise<unknown> =>
  runTool({
    command: process.execPath,
    argumentList: [compiler, '-p', project],
    cwd: root,
    limitMs: compileLimitMs,
    signal,
  })

await buildDashboard(progress, signal)
await progress.step('Package: compile', async () => {
  for (const entry of globSync('*', { cwd: join(root, 'dist') }))
    if (entry !== 'web') rmSync(join(root, 'dist', entry), { recursive: true })
  await compile('tsconfig.package.json')
  // Over what the service needs of it: for browsers, too, and with its types.
  await compile('src/client')
  for (const file of globSync('src/**/*.sql', { cwd: root }))
    cpSync(join(root, file), join(root, file.replace(/^src/, 'dist')))
})
