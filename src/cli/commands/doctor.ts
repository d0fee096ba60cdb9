import type { Command } from 'commander'
import type { Check } from '../../doctor/check.ts'
import type { Micros } from '../../message/event.ts'
import { openDatabase, serviceAddress } from '../connect.ts'
import type { CommandContext } from '../context.ts'
import { CommandFailure } from '../exit-codes.ts'
import { serviceOptions, type ServiceFlags } from '../list-options.ts'

export function addDoctor(program: Command, context: CommandContext): void {
  serviceOptions(
    program
      .command('doctor')
      .description(
        'look whether everything that the service needs is there and suits, and say how to mend what does not',
      ),
  )
    .addHelpText('after', help)
    .action(async (flags: ServiceFlags) => await runDoctor(context, flags))
}

const help = `
It changes nothing. Exit code 1 if a check failed; warnings alone are 0.

Examples:
  bincard doctor
  bincard doctor --json > checks.ndjson`

const signs: Record<Check['state'], string> = { ok: '✓', warning: '!', failed: '✗', unknown: '?' }

async function runDoctor(context: CommandContext, { url, json }: ServiceFlags): Promise<void> {
  const { output, signal } = context
  const { examine } = await import('../../doctor/doctor.ts')
  const checks = examine({
    folder: process.cwd(),
    environment: process.env,
    nodeVersion: process.versions.node,
    openDatabase: (settings) => openDatabase(settings, 'doctor'),
    clock: () => (Date.now() * 1000) as Micros,
    serviceUrl: serviceAddress(context, url),
    signal,
  })
  let failures = 0
  for await (const check of checks) {
    if (check.state === 'failed') failures += 1
    if (json === true) await output.json(check)
    else {
      await output.data(`${signs[check.state]} ${check.name}  ${check.detail}`)
      if (check.cure !== null) await output.data(`    → ${check.cure}`)
    }
  }
  if (failures > 0)
    throw new CommandFailure('wrong', `${failures === 1 ? 'One check' : `${failures} checks`} failed.`)
}
