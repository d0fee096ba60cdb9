import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { findJava, findMaven, toolsMissing } from './java.ts'
import { withLock } from './lock.mjs'
import type { Progress } from './progress.ts'
import { runTool } from './run-tool.ts'
import { partsFolder, root } from './state.ts'

/** Something that comes out of a Maven repository. */
export interface MavenParts {
  /** As a person reads it: `Kafka`. */
  readonly name: string
  /** The file that names them. The folder it lies in names the parts on disk. */
  readonly pom: string
  /** As a person reads it: `45 MB`. */
  readonly size: string
  /** The goal of Maven's dependency plugin that puts them into its `outputDirectory`. */
  readonly goal: readonly string[]
}

/** Puts the jars and all that they depend on into one folder. */
export const copyJars = ['dependency:copy-dependencies', '-DincludeScope=runtime']

const kafka: MavenParts = {
  name: 'Kafka',
  pom: join(root, 'stack/kafka/pom.xml'),
  size: '45 MB',
  goal: copyJars,
}

const redis: MavenParts = {
  name: 'Redis',
  pom: join(root, 'stack/redis/pom.xml'),
  size: '12 MB',
  goal: ['dependency:unpack-dependencies', '-Dmdep.unpack.includes=**/redis-server*'],
}

/** A Java program, as it is fetched. */
export interface Jars {
  /** The command that runs Java. */
  readonly java: string
  /** All jars, as Java's `-cp` wants it. */
  readonly classpath: string
}

/** About 10 s on a fast line; nobody waits longer than this for a download, their own or somebody else's. */
const fetchLimitMs = 10 * 60_000

/**
 * The jars of Kafka and its console tools, and Java for them.
 *
 * @throws {StackError} with exit code 3 when Java is missing, or Maven and the jars are
 */
export async function kafkaJars(progress: Progress, signal: AbortSignal): Promise<Jars> {
  return await fetchJars(kafka, progress, signal)
}

/**
 * The folder with the programs of Redis, one for each platform.
 *
 * @throws {StackError} with exit code 3 when Maven is missing
 */
export async function redisPrograms(progress: Progress, signal: AbortSignal): Promise<string> {
  return await fetchParts(redis, progress, signal)
}

/**
 * The jars that a pom names, and Java for them.
 *
 * @throws {StackError} with exit code 3 when Java is missing, or Maven and the jars are
 */
export async function fetchJars(parts: MavenParts, progress: Progress, signal: AbortSignal): Promise<Jars> {
  const java = await findJava(signal)
  if (java === undefined) throw toolsMissing({ java, maven: await findMaven(signal) })
  return { java, classpath: join(await fetchParts(parts, progress, signal), '*') }
}

/** Fetches what a pom names, once; later calls find it in `.bincard/parts`. Answers the folder. */
async function fetchParts(parts: MavenParts, progress: Progress, signal: AbortSignal): Promise<string> {
  const name = folderName(parts)
  const version = createHash('sha256').update(readFileSync(parts.pom)).digest('hex').slice(0, 12)
  const folder = join(partsFolder, `${name}-${version}`)
  if (existsSync(folder)) return folder
  const java = await findJava(signal)
  const maven = await findMaven(signal)
  if (java === undefined || maven === undefined) throw toolsMissing({ java, maven })
  const lock = {
    file: join(partsFolder, `${name}.lock`),
    limitMs: fetchLimitMs,
    onWait: (owner: number) =>
      progress.say(`${parts.name} is being fetched by process ${owner}: waiting for it`),
  }
  await withLock(lock, async () => {
    if (existsSync(folder)) return
    const step = `${parts.name}: fetch with Maven (${parts.size}, once)`
    await progress.step(step, () => fetchInto(folder, { parts, maven, signal }))
  })
  return folder
}

function folderName({ pom }: MavenParts): string {
  return basename(dirname(pom))
}

interface Fetch {
  readonly parts: MavenParts
  readonly maven: string
  readonly signal: AbortSignal
}

/** Under another name until it is complete; what a killed run began is thrown away. */
async function fetchInto(folder: string, { parts, maven, signal }: Fetch): Promise<void> {
  for (const name of globSync(`${folderName(parts)}-*.fetching`, { cwd: partsFolder })) {
    rmSync(join(partsFolder, name), { recursive: true, force: true })
  }
  const fetching = `${folder}.fetching`
  mkdirSync(fetching, { recursive: true })
  await runTool({
    command: maven,
    argumentList: [
      // Strict checksums: a damaged download is an error, not a warning. The markers say what was unpacked before;
      // beside the pom they would outlive the folder.
      ['--batch-mode', '--no-transfer-progress', '--strict-checksums', '--file', parts.pom],
      [...parts.goal, `-DoutputDirectory=${fetching}`, `-DmarkersDirectory=${fetching}/markers`],
    ].flat(),
    cwd: partsFolder,
    limitMs: fetchLimitMs,
    signal,
  })
  renameSync(fetching, folder)
}
