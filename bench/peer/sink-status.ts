/** What Connect's REST interface says about a sink (`GET /connectors/NAME/status`), as far as we ask for it. */
interface Status {
  readonly connector: Worker
  readonly tasks: readonly Worker[]
}

interface Worker {
  readonly state: string
  readonly trace?: string
}

/** Frames of a stack trace say where in other people's code it was; the lines between them say what. */
const frame = /^\s+(at |\.\.\. )/

/**
 * Why a sink has failed, as far as it says: the messages of its exception and of what caused it. Nothing while it has
 * not; a task that has failed stays so.
 *
 * @throws {TypeError} when this is no status
 */
export function failureOf(status: unknown): string | undefined {
  const { connector, tasks } = parse(status)
  const failed = [connector, ...tasks].find(({ state }) => state === 'FAILED')
  if (failed === undefined) return undefined
  const lines = (failed.trace ?? 'It does not say why.').trimEnd().split('\n')
  return lines.filter((line) => !frame.test(line)).join('\n')
}

function parse(status: unknown): Status {
  const { connector, tasks } = (status ?? {}) as Partial<Status>
  if (typeof connector?.state !== 'string' || !Array.isArray(tasks)) {
    throw new TypeError(`not the status of a sink: ${JSON.stringify(status)}`)
  }
  return { connector, tasks }
}
