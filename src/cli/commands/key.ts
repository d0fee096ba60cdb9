import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { hashSecret, newSecret, parseApiKeys, roles } from '../../access/api-key.ts'
import type { CommandContext } from '../context.ts'
import { wrongUse } from '../exit-codes.ts'

interface KeyFlags {
  readonly json?: true
}

export function addKey(program: Command, { output }: CommandContext): void {
  program
    .command('key')
    .description('make an API key, which nobody can show again, and the line for API_KEYS that lets it in')
    .argument('<name>', '1 to 64 of the characters a-z A-Z 0-9 . _ -')
    .argument('<role>', roles.join(' or '))
    .argument('[warehouse...]', 'UUIDs; the key then sees these warehouses only')
    .option('--json', 'the key, and the line for API_KEYS, as a JSON object')
    .addHelpText('after', '\nExamples:\n  bincard key dashboard read\n  bincard key shop write --json')
    .action(async (name: string, role: string, warehouses: readonly string[], { json }: KeyFlags) => {
      const secret = newSecret(randomBytes)
      const scope = warehouses.length === 0 ? [] : [warehouses.join('+')]
      const line = [name, role, ...scope, hashSecret(secret).toString('hex')].join(':')
      if (parseApiKeys(line)?.length !== 1)
        throw wrongUse('Name, role or warehouse are not as they must be. See bincard key --help.')
      if (json === true) {
        await output.json({ key: secret, line })
        return
      }
      await output.data(`The key, shown this once. Send it as "Authorization: Bearer …":\n\n  ${secret}\n`)
      await output.data(`The line for API_KEYS, or for the file that API_KEYS_FILE names:\n\n  ${line}`)
    })
}
