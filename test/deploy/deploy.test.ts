/** What is in deploy/, Dockerfile and compose.yaml: valid by the tools of those who read it, and true to the code. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { listSettings } from '../../src/config/settings.ts'
import { listMetrics } from '../../src/telemetry/metric-table.ts'
import { root } from '../../stack/state.ts'
import { faultsOf, type CustomObject } from '../support/custom-resource.ts'
import {
  customResourceDefinitions,
  helm,
  promtool,
  pythonTools,
  systemdAnalyze,
} from '../support/deploy-tools.ts'

const deploy = join(root, 'deploy')
const chart = join(deploy, 'helm/bincard')
const text = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'bincard-deploy-'))
after(() => rmSync(folder, { recursive: true }))

const python = await pythonTools()
const withoutPython = python === null ? 'there is no Python here' : false
const tool = (name: string): string => join(python ?? '', name)

/** What it printed; its failure is the test's. */
function run(program: string, args: readonly string[], cwd = root): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' })
  assert.equal(status, 0, error?.message ?? `${stdout}${stderr}`)
  return stdout
}

suite('Dockerfile', () => {
  test('hadolint has nothing to say', { skip: withoutPython }, () => {
    run(tool('hadolint'), [join(root, 'Dockerfile')])
  })

  test('several stages, not root, a health check, and what it copies is there', () => {
    const lines = text('Dockerfile').split('\n')
    assert.equal(lines.filter((line) => line.startsWith('FROM ')).length, 3)
    assert.ok(lines.includes('USER 1000:1000'))
    assert.ok(lines.some((line) => line.startsWith('HEALTHCHECK ')))
    const node = packageJson.engines.node.replace('>=', '')
    assert.ok(
      lines.filter((line) => line.startsWith('FROM ')).every((line) => line.startsWith(`FROM node:${node}-`)),
    )
  })
})

test(
  'the pipeline of docs/releasing.md is one that GitHub Actions would take',
  { skip: withoutPython },
  () => {
    const [, pipeline = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(text('docs/releasing.md')) ?? []
    const file = join(folder, 'release.yml')
    writeFileSync(file, pipeline)
    run(tool('check-jsonschema'), ['--builtin-schema', 'vendor.github-workflows', file])
  },
)

suite('compose.yaml', () => {
  interface Service {
    readonly image?: string
    readonly ports?: readonly string[]
    readonly environment?: Readonly<Record<string, string>>
    readonly volumes?: readonly string[]
    readonly read_only?: boolean
    readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[]
  }
  const { services, volumes } = parse(text('compose.yaml')) as {
    readonly services: Readonly<Record<string, Service>>
    readonly volumes: object
  }

  test('is what the specification of Compose allows', { skip: withoutPython }, () => {
    run(tool('check-jsonschema'), ['--builtin-schema', 'vendor.compose-spec', join(root, 'compose.yaml')])
  })

  test('names exact versions, opens ports on this machine only, and all that it mounts and waits for is there', () => {
    for (const [name, service] of Object.entries(services)) {
      if (service.image !== undefined) assert.match(service.image, /:v?\d+/, name)
      for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, name)
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('./')) assert.ok(existsSync(join(root, source)), source)
        else assert.ok(source in volumes, source)
      }
      const needed = Array.isArray(service.depends_on)
        ? service.depends_on
        : Object.keys(service.depends_on ?? {})
      for (const other of needed as string[]) assert.ok(other in services, other)
    }
  })

  test('gives the service settings that there are, and a file system that is read only', () => {
    const names = listSettings().map(({ name }) => name)
    for (const name of Object.keys(services['bincard']?.environment ?? {}))
      assert.ok(names.includes(name), name)
    assert.equal(services['bincard']?.read_only, true)
  })
})

interface Pod {
  readonly enableServiceLinks?: boolean
  readonly containers: readonly Readonly<Record<'readinessProbe' | 'livenessProbe', HttpProbe>>[]
}

interface HttpProbe {
  readonly httpGet: { readonly path: string }
}

suite('Helm chart', () => {
  const program = helm()
  const skip = program === null ? 'there is neither Helm nor Go here' : false
  const render = (...options: readonly string[]): string =>
    run(program ?? '', ['template', 'stock', chart, '--kube-version', '1.31.0', ...options])
  /** What Helm says against it; nothing if it renders. */
  const refusal = (...options: readonly string[]): string => {
    const command = ['template', 'stock', chart, '--kube-version', '1.31.0', ...options]
    const { status, stderr } = spawnSync(program ?? '', command, { encoding: 'utf8' })
    return status === 0 ? '' : stderr
  }
  const everything = [
    ['--set', 'secrets.API_KEYS=a:read:0,autoscaling.enabled=true,ingress.enabled=true'],
    ['--set', 'serviceMonitor.enabled=true,prometheusRule.enabled=true,certificatesSecret=ca'],
  ].flat()

  test('lints, and renders what Kubernetes allows', { skip: skip === false ? withoutPython : skip }, () => {
    run(program ?? '', ['lint', '--strict', chart])
    for (const options of [[], everything]) {
      const file = join(folder, 'rendered.yaml')
      writeFileSync(file, render(...options))
      run(tool('kubernetes-validate'), ['--strict', '-k', '1.31', file])
    }
  })

  const definitions = program === null ? null : customResourceDefinitions()
  const withoutDefinitions = definitions === null ? 'there is no Helm, no Go, or no registry of it' : false

  test(
    'what it makes for KEDA and for the operator of Prometheus is what they describe, field by field',
    { skip: withoutDefinitions },
    () => {
      const byPrometheus = ['--set', 'autoscaling.prometheusAddress=http://prometheus:9090']
      const seen = new Set<string>()
      for (const options of [everything, [...everything, ...byPrometheus]])
        for (const document of parseAllDocuments(render(...options))) {
          const object = document.toJS() as CustomObject | null
          const definition = object === null ? undefined : definitions?.get(object.kind)
          if (object === null || definition === undefined) continue
          seen.add(object.kind)
          assert.deepEqual(faultsOf(object, definition), [], object.kind)
        }
      assert.deepEqual([...seen].toSorted(), [...(definitions?.keys() ?? [])].toSorted())
    },
  )

  test('refuses secrets among the settings, and values that nobody reads', { skip }, () => {
    for (const values of [
      'settings.POSTGRES_PASSWORD=x',
      'settings.OTEL_EXPORTER_OTLP_HEADERS=x',
      'replica=3',
      'replicas=0',
    ]) {
      assert.notEqual(refusal('--set', values), '', values)
    }
    const both = ['--set', 'existingSecret=mine,secrets.API_KEYS=x']
    assert.match(refusal(...both), /Either existingSecret or secrets/)
  })

  test('sends requests to whoever can answer some, and lets no Service name settings', { skip }, () => {
    const pod = parseAllDocuments(render())
      .map((document) => document.toJS() as { kind: string; spec: { template: { spec: Pod } } } | null)
      .find((object) => object?.kind === 'Deployment')?.spec.template.spec
    assert.equal(pod?.enableServiceLinks, false)
    assert.equal(pod.containers[0]?.readinessProbe.httpGet.path, '/health/serving')
    assert.equal(pod.containers[0].livenessProbe.httpGet.path, '/health/live')
  })

  test('scales by lag, of Kafka or of Prometheus, and then sets no number of replicas', { skip }, () => {
    const byKafka = render('--set', 'autoscaling.enabled=true')
    assert.match(byKafka, /type: kafka[^]*consumerGroup: warehouse_service[^]*lagThreshold: "20000"/)
    assert.doesNotMatch(byKafka, /^ {2}replicas:/m)
    const byPrometheus = render('--set', 'autoscaling.enabled=true,autoscaling.prometheusAddress=http://p')
    assert.match(byPrometheus, /type: prometheus[^]*query: sum\(bincard_kafka_lag\{/)
    const secured = ['--set', 'autoscaling.enabled=true,settings.KAFKA_SECURITY_PROTOCOL=SASL_SSL']
    assert.match(refusal(...secured), /set autoscaling\.prometheusAddress/)
  })

  test('its version is that of the package, its settings are settings, its rules are the rules', () => {
    const { appVersion } = parse(text('deploy/helm/bincard/Chart.yaml')) as { appVersion: string }
    assert.equal(appVersion, packageJson.version)
    const { settings } = parse(text('deploy/helm/bincard/values.yaml')) as { settings: object }
    const names = listSettings().map(({ name }) => name)
    for (const name of Object.keys(settings)) assert.ok(names.includes(name), name)
    const secrets = listSettings().flatMap(({ name, kind }) => (kind.secret ? [name] : []))
    const schema = text('deploy/helm/bincard/values.schema.json')
    for (const name of secrets)
      assert.ok(schema.includes(`"${name}"`), `${name} is a secret, and the chart lets it be a setting`)
    assert.equal(text('deploy/helm/bincard/rules.yaml'), text('deploy/prometheus/rules.yaml'))
  })
})

suite('Prometheus and Grafana', () => {
  const program = promtool()
  const skip = program === null ? 'there is no promtool here' : false
  const rules = parse(text('deploy/prometheus/rules.yaml')) as {
    readonly groups: readonly {
      readonly rules: readonly {
        readonly record?: string
        readonly alert?: string
        readonly annotations?: { readonly runbook: string }
      }[]
    }[]
  }
  const all = rules.groups.flatMap((group) => group.rules)

  test('the rules pass their tests, by Prometheus’ own tool', { skip }, () => {
    const at = join(deploy, 'prometheus')
    run(program ?? '', ['check', 'rules', 'rules.yaml'], at)
    run(program ?? '', ['test', 'rules', 'rules.test.yaml'], at)
    run(program ?? '', ['check', 'config', '--syntax-only', 'prometheus.yaml'], at)
  })

  test('each alert is tested, and says in docs/alerts.md what to do', () => {
    const tests = text('deploy/prometheus/rules.test.yaml')
    const page = text('docs/alerts.md')
    for (const { alert, annotations } of all) {
      if (alert === undefined) continue
      assert.match(
        tests,
        new RegExp(`alertname: ${alert}\\n\\s+exp_alerts`),
        `${alert} never fires in a test`,
      )
      assert.equal(annotations?.runbook, `docs/alerts.md#${alert.toLowerCase()}`)
      assert.match(page, new RegExp(`^## ${alert}$`, 'm'))
    }
  })

  test('every metric that rules and dashboard use is one of the service, or is recorded', () => {
    const known = new Set(
      listMetrics().flatMap(({ name, kind }) =>
        kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    )
    const recorded = new Set(all.flatMap(({ record }) => record ?? []))
    const dashboard = text('deploy/grafana/dashboards/bincard.json')
    const sources = [
      text('deploy/prometheus/rules.yaml'),
      dashboard,
      text('deploy/helm/bincard/templates/scaledobject.yaml'),
    ]
    const used = new Set(sources.flatMap((source) => source.match(/\bbincard_[a-z0-9_]+/g) ?? []))
    assert.deepEqual(
      [...used].filter((name) => !known.has(name)),
      [],
    )
    const asked = new Set(sources.flatMap((source) => source.match(/\bbincard:[a-z0-9_:]+/g) ?? []))
    assert.deepEqual(
      [...asked].filter((name) => !recorded.has(name)),
      [],
    )
    const shown = [...used].filter((name) => dashboard.includes(name)).length
    assert.ok(shown > 10, 'the dashboard shows the metrics')
  })

  test('the dashboard has panels that do not lie over each other', () => {
    const { panels, uid } = JSON.parse(text('deploy/grafana/dashboards/bincard.json')) as {
      readonly uid: string
      readonly panels: readonly {
        readonly id: number
        readonly title: string
        readonly gridPos: Record<'x' | 'y' | 'w' | 'h', number>
      }[]
    }
    assert.equal(uid, 'bincard')
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}:${y + Math.floor(cell / w)}`),
    )
    assert.equal(new Set(cells).size, cells.length)
    assert.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24))
  })
})

suite('systemd', () => {
  const program = systemdAnalyze()
  test('the unit is one', { skip: program === null ? 'there is no systemd-analyze here' : false }, () => {
    run(program ?? '', ['verify', join(deploy, 'systemd/bincard.service')])
  })
})

suite('Citus', () => {
  test('every table of the ledger is distributed or known, and comes back', () => {
    const migrations = join(root, 'src/store/migrations')
    const made = readdirSync(migrations).flatMap((file) =>
      [...readFileSync(join(migrations, file), 'utf8').matchAll(/^create table (\w+)/gm)].map(
        ([, name = '']) => name,
      ),
    )
    for (const script of ['distribute.sql', 'undo.sql']) {
      const sql = text('deploy/citus', script)
      for (const name of [...made, 'migration']) assert.ok(sql.includes(`'${name}'`), `${script}: ${name}`)
    }
  })
})
