/** How soon a stack ends after the command that started it was killed and could not say so. */
const lookForParentMs = 500

/**
 * Aborted when this process is told to end: Ctrl-C, SIGTERM, a closed terminal, or the death of the command that
 * started it. Further signals change nothing: everything that follows has its own limit.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.on('SIGHUP', stop)
  const parent = process.ppid
  setInterval(() => process.ppid === parent || stop(), lookForParentMs).unref()
  return controller.signal
}
