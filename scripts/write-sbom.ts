/**
 * node scripts/write-sbom.ts [FILE]
 *
 * Writes what a production installation consists of, by the lockfile and without a network, as CycloneDX: each
 * package with its version, licence and hash. The same lockfile gives the same file.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { npm } from './npm.ts'

const root = join(import.meta.dirname, '..')

interface Component {
  readonly name: string
  readonly 'bom-ref': string
  readonly properties?: readonly { readonly name: string; readonly value: string }[]
}

interface Bom {
  readonly serialNumber: string | undefined
  readonly metadata: { readonly timestamp: string | undefined; readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

const file = resolve(process.argv[2] ?? join(root, 'dist/sbom.cdx.json'))
const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only']
const { code, stdout, stderr } = await npm(args, root)
if (code === 0) {
  const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string }
  const bom = ofProduction(JSON.parse(stdout) as Bom, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`)
  console.log(`written: ${file}`)
} else {
  console.error(stderr)
  process.exitCode = 1
}

/**
 * Without what only development needs. `npm sbom --omit=dev` leaves out too much: everything that development needs,
 * too, among it the driver of PostgreSQL. And npm names the whole by its folder, and gives it a number and a time.
 */
function ofProduction(bom: Bom, name: string): Bom {
  const { metadata, components, dependencies, ...head } = bom
  const { component, ...about } = metadata
  const kept = components.filter(({ properties = [] }) => !properties.some(isOfDevelopment))
  const refs = new Set([component, ...kept].map((one) => one['bom-ref']))
  return {
    ...head,
    serialNumber: undefined,
    metadata: { ...about, timestamp: undefined, component: { ...component, name } },
    components: kept,
    dependencies: dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) })),
  }
}

/** npm says so of a package that nothing but development needs. */
function isOfDevelopment({ name, value }: { readonly name: string; readonly value: string }): boolean {
  return name === 'cdx:npm:package:development' && value === 'true'
}
