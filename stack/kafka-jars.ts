import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findJava, findMaven, toolsMissing } from './java.ts'
import { withLock } from './lock.mjs'
import type { Progress } from './progress.ts'
import { runTool } from './run-tool.ts'
import { partsFolder, root } from './state.ts'

export interface KafkaJars {
  /** The command that runs Java. */
  readonly java: string
  /** All jars of Kafka and its console tools, as Java's `-cp` wants it. */
  readonly classpath: string
}

/** About 10 s on a fast line, for 45 MB; nobody waits longer than this for somebody else's download. */
const fetchLimitMs = 10 * 60_000

const pom = join(root, 'stack/kafka/pom.xml')

/**
 * Fetches what `stack/kafka/pom.xml` names, once; later calls find it in `.bincard/parts`.
 *
 * @throws {StackError} with exit code 3 when Java is missing, or Maven and the jars are
 */
export async function kafkaJars(progress: Progress, signal: AbortSignal): Promise<KafkaJars> {
  const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12)
  const folder = join(partsFolder, `kafka-${version}`)
  const isFetched = existsSync(folder)
  const java = await findJava(signal)
  const maven = isFetched ? 'mvn' : await findMaven(signal)
  if (java === undefined || maven === undefined) throw toolsMissing({ java, maven })

  if (!isFetched) {
    const lock = {
      file: join(partsFolder, 'kafka.lock'),
      limitMs: fetchLimitMs,
      onWait: (owner: number) => progress.say(`Kafka is being fetched by process ${owner}: waiting for it`),
    }
    await withLock(lock, async () => {
      if (existsSync(folder)) return
      const step = 'Kafka: fetch with Maven (45 MB, once)'
      await progress.step(step, () => fetchInto(folder, { maven, signal }))
    })
  }
  return { java, classpath: join(folder, '*') }
}

interface Fetch {
  readonly maven: string
  readonly signal: AbortSignal
}

/** Under another name until it is complete; what a killed run began is thrown away. */
async function fetchInto(folder: string, { maven, signal }: Fetch): Promise<void> {
  for (const name of globSync('*.fetching', { cwd: partsFolder })) {
    rmSync(join(partsFolder, name), { recursive: true, force: true })
  }
  const fetching = `${folder}.fetching`
  mkdirSync(fetching, { recursive: true })
  await runTool({
    command: maven,
    argumentList: [
      // Strict checksums: a damaged download is an error, not a warning.
      ['--batch-mode', '--no-transfer-progress', '--strict-checksums', '--file', pom],
      ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${fetching}`],
    ].flat(),
    cwd: partsFolder,
    signal,
  })
  renameSync(fetching, folder)
}
