import { join } from 'node:path'

/** The repository. */
export const root = join(import.meta.dirname, '..')

/** Everything that the stack keeps on disk: ignored by git, safe to delete while nothing runs. */
export const stateFolder = join(root, '.bincard')

/** What was fetched, shared by `npm start` and `npm test`; kept by `--fresh`. */
export const partsFolder = join(stateFolder, 'parts')

/** Where one run of the stack keeps its data: `npm start` always the same, each `npm test` its own. */
export interface RunFolder {
  readonly path: string
  /** One file for each part, with all that it printed since it was last started. */
  readonly logs: string
  /** One file for each running part, so that the next run finds those that a killed run left behind. */
  readonly pids: string
}

/** Names the places; makes nothing. */
export function runFolder(name: string): RunFolder {
  const path = join(stateFolder, name)
  return { path, logs: join(path, 'logs'), pids: join(path, 'pids') }
}
