import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { User } from './part.ts'
import { StackError } from './stack-error.ts'

/** A user that every Unix has: none is made on the machine for the sake of a local stack. */
const unprivileged = 'nobody'

/** How a program of PostgreSQL is started. */
export interface Invocation {
  readonly command: string
  readonly argumentList: readonly string[]
  readonly user?: User | undefined
}

/** Who PostgreSQL runs as: it refuses to be root. Nothing when whoever started the stack will do. */
export function postgresUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (option: string): number =>
    Number(execFileSync('id', [option, unprivileged], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

export function giveTo({ uid, gid }: User, path: string): void {
  chownSync(path, uid, gid)
}

/**
 * The same invocation as this user, who has to come to the paths. Where a folder on the way is closed to others
 * than root, as `/root` is, only the right to pass through such folders is kept from root.
 *
 * @throws {StackError} naming that folder, where the tool for it is missing
 */
export function invokeAs(user: User | undefined, program: Invocation, paths: readonly string[]): Invocation {
  if (user === undefined) return program
  const closed = paths.map(closedFolderOnTheWay).find((folder) => folder !== undefined)
  if (closed === undefined) return { ...program, user }
  if (!canKeepRights()) {
    throw new StackError(
      `PostgreSQL does not run as root, and the user it runs as instead, ${unprivileged}, cannot enter ${closed}.\n` +
        `Clone to a folder open to others, allow it (chmod o+x ${closed}), do not be root, or set POSTGRES_HOST.`,
    )
  }
  // The last of them, because the kernel's access() otherwise answers as if the right were not there.
  const keepTheRight = [
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--securebits=+no_setuid_fixup',
  ]
  const becomeUser = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', ...keepTheRight]
  return { command: 'setpriv', argumentList: [...becomeUser, program.command, ...program.argumentList] }
}

function closedFolderOnTheWay(path: string): string | undefined {
  const othersMayEnter = 0o001
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & othersMayEnter) === 0) return folder
  }
  return undefined
}

/** `setpriv` belongs to the basic tools of most Linux systems; no other system has it. */
function canKeepRights(): boolean {
  try {
    execFileSync('setpriv', ['--version'])
    return true
  } catch {
    return false
  }
}
