/** How the process ends: in order when it is told to, and at once after an error that nobody has handled. */
import type { Service } from './service.ts'
import type { LogOutput } from './telemetry/log-output.ts'
import type { Logger } from './telemetry/logger.ts'

export interface ProcessEndOptions {
  readonly logger: Logger
  readonly output: Pick<LogOutput, 'flush'>
}

export interface OrderlyEndOptions extends ProcessEndOptions {
  /** Goes on serving for so long after SIGTERM, so that whoever sends requests turns away. */
  readonly drainMs: number
  /** What is not done by then is given up: exit code 1. */
  readonly timeoutMs: number
}

/** The last lines are for a person who looks for the reason; one who does not read them is not waited for longer. */
const flushLimitMs = 500

/** Ends the process once its last lines are written. */
export async function endProcess(code: number, output: Pick<LogOutput, 'flush'>): Promise<never> {
  await output.flush(flushLimitMs)
  return process.exit(code)
}

/**
 * Ends the process with exit code 1 by whatever nobody has handled: it is an error of ours, and better to start anew
 * than to go on half. What was under way is as after a crash, which loses nothing. Node would print it as it is, with
 * whatever credentials are in its text.
 */
export function endByErrors({ logger, output }: ProcessEndOptions): void {
  const endBy = (error: unknown, what: string): void => {
    logger.fatal({ err: error }, what)
    void endProcess(1, output)
  }
  process.on('uncaughtException', (error) => endBy(error, 'uncaught exception'))
  process.on('unhandledRejection', (reason) => endBy(reason, 'unhandled rejection'))
}

/** A service that is being started, or runs. One that cannot start ends the process by itself. */
type Starting = Promise<Pick<Service, 'stop'>>

/**
 * Ends the process in order by SIGTERM, or by SIGINT: then a person waits, and nobody is turned away first. Told so
 * during its start it ends as soon as it has one.
 */
export function endBySignals(starting: Starting, options: OrderlyEndOptions): void {
  process.once('SIGTERM', () => void endInOrder(starting, { ...options, signal: 'SIGTERM' }))
  process.once('SIGINT', () => void endInOrder(starting, { ...options, drainMs: 0, signal: 'SIGINT' }))
}

async function endInOrder(
  starting: Starting,
  { logger, output, drainMs, timeoutMs, signal }: OrderlyEndOptions & { readonly signal: string },
): Promise<void> {
  logger.info({ signal }, 'stopping')
  setTimeout(() => {
    logger.error({ timeoutMs }, 'did not stop in time')
    void endProcess(1, output)
  }, timeoutMs)
  await (await starting).stop({ drainMs })
  await endProcess(0, output)
}
