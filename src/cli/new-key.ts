/**
 * npm run key -- NAME ROLE [WAREHOUSE…]
 *
 * Prints a new API key, which nobody can show again, and the line for API_KEYS that lets it in. Nothing is stored.
 */
import { randomBytes } from 'node:crypto'
import { hashSecret, newSecret, parseApiKeys, roles } from '../access/api-key.ts'

/** The exit code of wrong arguments. */
const wrongUse = 2

process.exitCode = main(process.argv.slice(2))

function main([name = '', role = '', ...warehouses]: readonly string[]): number {
  const secret = newSecret(randomBytes)
  const scope = warehouses.length === 0 ? [] : [warehouses.join('+')]
  const line = [name, role, ...scope, hashSecret(secret).toString('hex')].join(':')
  if (parseApiKeys(line)?.length !== 1) {
    console.error(
      `npm run key -- NAME ROLE [WAREHOUSE…]\n\n` +
        `NAME       1 to 64 of the characters a-z A-Z 0-9 . _ -\n` +
        `ROLE       ${roles.join(' or ')}\n` +
        `WAREHOUSE  a UUID; the key then sees these warehouses only`,
    )
    return wrongUse
  }
  console.log(`The key, shown this once. Send it as "Authorization: Bearer …":\n\n  ${secret}\n`)
  console.log(`The line for API_KEYS, or for the file that API_KEYS_FILE names:\n\n  ${line}`)
  return 0
}
