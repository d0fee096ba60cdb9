/**
 * node scripts/release-check.ts
 *
 * Says what is missing before this version can be published, and nothing else: exit code 1 if something is.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What the files of a version say of it. */
export interface Release {
  readonly version: string
  /** Of the Helm chart, the application in it. */
  readonly chartVersion: string
  readonly changelog: string
  readonly hasNotes: boolean
  readonly repository: string | undefined
  /** By which a pipeline was started; undefined outside of one. */
  readonly tag: string | undefined
}

/** One sentence for each thing that is missing. */
export function missingIn({
  version,
  chartVersion,
  changelog,
  hasNotes,
  repository,
  tag,
}: Release): string[] {
  const heading = new RegExp(`^## \\[${RegExp.escape(version)}\\] - (.+)$`, 'm').exec(changelog)?.[1]
  const missing: string[] = []
  if (heading === undefined) missing.push(`CHANGELOG.md has no section for ${version}.`)
  else if (!/^\d{4}-\d\d-\d\d$/.test(heading))
    missing.push(`CHANGELOG.md does not say when ${version} is released: it says "${heading}".`)
  if (chartVersion !== version)
    missing.push(`deploy/helm/bincard/Chart.yaml has appVersion ${chartVersion}, package.json ${version}.`)
  if (!hasNotes) missing.push(`docs/releases/${version}.md is missing: what its users should know.`)
  if (repository === undefined)
    missing.push(
      'package.json names no repository: the proof of origin is one of it (npm pkg set repository=…).',
    )
  if (tag !== undefined && tag !== `v${version}`)
    missing.push(`The tag is ${tag}, package.json has ${version}.`)
  return missing
}

export function readRelease(root: string, environment: NodeJS.ProcessEnv): Release {
  const text = (path: string): string => readFileSync(join(root, path), 'utf8')
  const manifest = JSON.parse(text('package.json')) as {
    version: string
    repository?: string | { url: string }
  }
  const { version, repository } = manifest
  return {
    version,
    chartVersion: /^appVersion: (.+)$/m.exec(text('deploy/helm/bincard/Chart.yaml'))?.[1] ?? '(none)',
    changelog: text('CHANGELOG.md'),
    hasNotes: existsSync(join(root, `docs/releases/${version}.md`)),
    repository: typeof repository === 'object' ? repository.url : repository,
    tag:
      environment['GITHUB_REF_TYPE'] === 'tag'
        ? environment['GITHUB_REF_NAME']
        : environment['CI_COMMIT_TAG'],
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const release = readRelease(join(import.meta.dirname, '..'), process.env)
  const missing = missingIn(release)
  for (const one of missing) console.log(one)
  if (missing.length === 0) console.log(`${release.version} is ready.`)
  process.exitCode = missing.length === 0 ? 0 : 1
}
