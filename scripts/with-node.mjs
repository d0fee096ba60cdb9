/**
 * node scripts/with-node.mjs SCRIPT.ts [ARGUMENTS]
 *
 * Runs a TypeScript file of this project with the project's own Node, on a machine that may have an older one:
 * installs the packages if they are not those of package-lock.json, then hands everything over. Its exit code is
 * the script's. Plain JavaScript that Node 20 can read, and no import from node_modules, which may not be there.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { withLock } from '../stack/lock.mjs'

const root = join(import.meta.dirname, '..')
const projectNode = join(root, 'node_modules/node/bin/node')

/** Another process may be installing: half a minute is usual, ten minutes is a slow line. */
const installLimitMs = 10 * 60_000
/** How soon a script ends after the command that started it was killed and could not say so. */
const lookForStartersMs = 500

const [script, ...scriptArguments] = process.argv.slice(2)
if (script === undefined) {
  console.error('Usage: node scripts/with-node.mjs SCRIPT.ts [ARGUMENTS]')
  process.exit(2)
}
if (!isInstalled()) {
  const lock = {
    file: join(root, '.bincard/install.lock'),
    limitMs: installLimitMs,
    onWait: (owner) => console.log(`… process ${owner} is installing the packages: waiting for it`),
  }
  await withLock(lock, () => (isInstalled() ? undefined : install()))
}
process.exitCode = await run(projectNode, [join(root, script), ...scriptArguments])

/**
 * npm notes in node_modules/.package-lock.json what it has installed, when it has finished. Packages for other
 * platforms are in the lockfile only; they are optional.
 */
function isInstalled() {
  const noted = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(noted) || !existsSync(projectNode)) return false
  const installed = packagesOf(noted)
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const isWanted = ([path, { version }]) => wanted[path]?.version === version
  const isThere = ([path, { optional }]) => path === '' || optional === true || installed[path] !== undefined
  return Object.entries(installed).every(isWanted) && Object.entries(wanted).every(isThere)
}

function packagesOf(lockfile) {
  return JSON.parse(readFileSync(lockfile, 'utf8')).packages
}

/** What npm says is shown only if it fails: on an older Node it warns a page about what does not matter here. */
async function install() {
  console.log('… installing the packages of package-lock.json (about half a minute, once)')
  const startedAt = Date.now()
  const { npm_execpath: npmScript } = process.env
  const [command, ...first] = npmScript === undefined ? ['npm'] : [process.execPath, npmScript]
  // .npmrc asks for the Node of package.json, which is the one that is about to be installed.
  const npm = spawn(command, [...first, 'ci', '--engine-strict=false'], { cwd: root })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += chunk))
  const code = await ended(npm)
  if (code !== 0 || !isInstalled()) {
    console.error(`${output}\nnpm ci failed (exit code ${code}); its output is above.`)
    process.exit(1)
  }
  console.log(`✓ packages installed (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`)
}

/** Passes signals on, and ends the script if the command above was killed without a word. */
async function run(command, argumentList) {
  const child = spawn(command, argumentList, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  const starters = startersOfThis()
  const watch = setInterval(() => starters === startersOfThis() || child.kill('SIGTERM'), lookForStartersMs)
  const code = await ended(child)
  clearInterval(watch)
  return code
}

/**
 * Changes when a process that started this one is gone. Between npm and a script there may be a shell, which goes
 * on waiting when npm is killed; only Linux puts one there and shows its parent in a file.
 */
function startersOfThis() {
  const statusOfParent = `/proc/${process.ppid}/stat`
  if (process.env.npm_lifecycle_event === undefined || !existsSync(statusOfParent))
    return String(process.ppid)
  // `PID (NAME) STATE PARENT …`, where the name may hold anything.
  const [, parentOfParent] = readFileSync(statusOfParent, 'utf8').split(') ').at(-1).split(' ')
  return `${process.ppid} of ${parentOfParent}`
}

/** By the custom of shells a process that a signal ended has the exit code 128 and the signal's number. */
function ended(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}
