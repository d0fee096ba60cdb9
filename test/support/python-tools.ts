/** Tools from Python's registry, each set in an environment of its own, installed once. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../../stack/lock.mjs'
import type { Progress } from '../../stack/progress.ts'
import { runTool } from '../../stack/run-tool.ts'
import { exitCodes, StackError } from '../../stack/stack-error.ts'
import { partsFolder } from '../../stack/state.ts'

const installLimitMs = 10 * 60_000

/**
 * Answers the folder of their programs. `requirements` name exact versions: a run today and one next year should find the
 * same.
 *
 * @throws {StackError} when that fails; with exit code 3 when there is no Python
 */
export async function installPythonTools(
  requirements: readonly string[],
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<string> {
  const name = requirements.join(',').replaceAll('==', '-')
  const home = join(partsFolder, name)
  const installed = join(home, 'installed')
  const lock = {
    file: `${home}.lock`,
    limitMs: installLimitMs,
    onWait: (owner: number) => progress.say(`process ${owner} is installing ${name}: waiting for it`),
  }
  const install = async () => {
    if (existsSync(installed)) return
    rmSync(home, { recursive: true, force: true })
    mkdirSync(home, { recursive: true })
    const tool = { cwd: home, limitMs: installLimitMs, signal }
    await runTool({ ...tool, command: 'python3', argumentList: ['-m', 'venv', home] }).catch(withoutPython)
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements]
    await runTool({ ...tool, command: join(home, 'bin/python'), argumentList: pip })
    writeFileSync(installed, '')
  }
  if (!existsSync(installed)) {
    mkdirSync(partsFolder, { recursive: true })
    await withLock(lock, () => progress.step(`${name}: install (once)`, install))
  }
  return join(home, 'bin')
}

function withoutPython(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  throw new StackError('This needs Python 3.10 or newer: python3 is missing.', exitCodes.toolMissing)
}
