import { join } from 'node:path'
import { runTool } from './run-tool.ts'
import { exitCodes, StackError } from './stack-error.ts'

/** What Kafka 4 needs. */
const oldestJava = 17
/** A command says what it is within a second. */
const answerLimitMs = 20_000

/** The command that runs a Java new enough, from JAVA_HOME or the PATH; nothing if there is none. */
export async function findJava(signal: AbortSignal): Promise<string | undefined> {
  const home = process.env['JAVA_HOME']
  const candidates = [...(home === undefined ? [] : [join(home, 'bin/java')]), 'java']
  for (const command of candidates) {
    const printed = await printedBy(command, '-version', signal)
    // `openjdk version "17.0.15" 2025-04-15`; before Java 9 it was "1.8.0", which is too old either way.
    const major = Number(/version "(\d+)/.exec(printed ?? '')?.[1] ?? 0)
    if (major >= oldestJava) return command
  }
  return undefined
}

/** The command that runs Maven; nothing if there is none. */
export async function findMaven(signal: AbortSignal): Promise<string | undefined> {
  return (await printedBy('mvn', '--version', signal)) === undefined ? undefined : 'mvn'
}

/** What is missing, how to get it, and how to do without. */
export function toolsMissing(found: { java: string | undefined; maven: string | undefined }): StackError {
  const missing = [
    ...(found.java === undefined ? [`Java ${oldestJava} or newer`] : []),
    ...(found.maven === undefined ? ['Maven'] : []),
  ]
  const help = `Missing: ${missing.join(' and ')}. The local Kafka needs Java to run, and Maven to be fetched once.
Get both:
  Debian, Ubuntu   sudo apt-get install openjdk-17-jre-headless maven
  Fedora           sudo dnf install java-latest-openjdk-headless maven
  macOS            brew install openjdk maven
Or use a broker that you have, and no Java is needed:
  KAFKA_BOOTSTRAP_SERVERS=host:9092 npm start`
  return new StackError(help, exitCodes.toolMissing)
}

/** What a command says about itself; nothing if it is not there or fails, like the empty `java` of macOS. */
async function printedBy(
  command: string,
  argument: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await runTool({ command, argumentList: [argument], cwd: '/', limitMs: answerLimitMs, signal })
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
