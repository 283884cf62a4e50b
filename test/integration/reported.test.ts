import { mkdir, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { mapsAt, numberAt, textAt, textListAt } from '../../core/fields.ts'
import { parseJson } from '../../core/whole-number.ts'
import { realTool } from '../support/real-tools.ts'
import { sandbox, type Sandbox } from '../support/sandbox.ts'

/** What other tools of this kind were reported for, as charts of our own: helm takes them, or says why not. */
type Case = {
  readonly what: string
  readonly files: Readonly<Record<string, string>>
  /** Link → where it leads. */
  readonly links?: Readonly<Record<string, string>>
  /** `file:line sentence` of each error, in their order. */
  readonly errors: readonly string[]
}

const chart = { 'chart/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n', 'values.yaml': '{}\n' }
const ingress = (spec: string, name = 'web'): string =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: ${name} }\nspec:\n${spec}\n`
const pod = (spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n${spec}\n`
const configMap = (data: string, name = 'web'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: ${data}\n`
const common = {
  'common/Chart.yaml': 'apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n',
  'common/templates/_x.tpl': '{{- define "common.x" }}hello{{ end }}',
  'chart/templates/cm.yaml': configMap('{ x: {{ include "common.x" . }} }'),
}

const cases: readonly Case[] = [
  {
    what: 'rules that a chart leaves empty are none',
    files: {
      'chart/templates/a.yaml': ingress(
        '  rules:\n  {{- range .Values.hosts }}\n  - host: {{ . }}\n  {{- end }}\n  defaultBackend: { service: { name: web, port: { number: 80 } } }',
      ),
    },
    errors: [],
  },
  {
    what: 'an Ingress without tls and paths says what it lacks, and its host all the same',
    files: { 'chart/templates/a.yaml': ingress('  tls:\n  rules:\n  - host: a.test\n    http:\n      paths:') },
    errors: ['chart/templates/a.yaml:9 Ingress web: spec.rules[0].http.paths is missing.'],
  },
  {
    what: 'rules that are a text, and a host that is a number, are told where they stand',
    files: {
      'chart/templates/a.yaml': `${ingress('  rules: text\n  defaultBackend: { service: { name: web, port: { number: 80 } } }')}---\n${ingress('  rules: [{ host: 7 }]', 'b')}`,
    },
    errors: [
      'chart/templates/a.yaml:5 Ingress web: spec.rules is the text "text" where a list belongs.',
      'chart/templates/a.yaml:12 Ingress b: spec.rules[0].host is the number 7 where a text belongs.',
    ],
  },
  {
    what: 'an image that no value gives is missing at the line of its container',
    files: { 'chart/templates/a.yaml': pod('  containers:\n    - name: web\n      image: {{ .Values.image }}') },
    errors: ['chart/templates/a.yaml:7 Pod web: spec.containers[0].image is missing.'],
  },
  {
    what: 'an image that is a number or a map is none',
    files: {
      'chart/templates/a.yaml': pod(
        '  containers:\n    - name: web\n      image: 1.2\n    - name: api\n      image: { name: web }',
      ),
    },
    errors: [
      'chart/templates/a.yaml:7 Pod web: spec.containers[0].image is the number 1.2 where a text belongs.',
      'chart/templates/a.yaml:9 Pod web: spec.containers[1].image is a map where a text belongs.',
    ],
  },
  {
    what: 'containers that are null are missing, lists that are null are empty',
    files: { 'chart/templates/a.yaml': pod('  containers:\n  volumes:\n  initContainers:') },
    errors: ['chart/templates/a.yaml:5 Pod web: spec.containers is missing.'],
  },
  {
    what: 'a chart that is linked into charts/ belongs to the chart',
    files: common,
    links: { 'chart/charts/common': '../../common' },
    errors: [],
  },
  {
    what: 'the chart itself, a template and a values file may be links',
    files: {
      'real/Chart.yaml': chart['chart/Chart.yaml'],
      'elsewhere/a.yaml': configMap('{ x: {{ .Values.x }} }'),
      'elsewhere/values.yaml': 'x: hello\n',
    },
    links: {
      chart: 'real',
      'real/templates/a.yaml': '../../elsewhere/a.yaml',
      'real/values.yaml': '../elsewhere/values.yaml',
    },
    errors: [],
  },
  {
    what: 'a link that leads nowhere is told as that',
    files: {},
    links: { 'chart/templates/a.yaml': '../../nowhere.yaml' },
    errors: ['chart/templates/a.yaml This link leads nowhere: there is no ../../nowhere.yaml.'],
  },
  {
    what: 'a link that leads round in a circle is told once',
    files: {},
    links: { 'chart/charts/self': '..' },
    errors: ['chart/charts/self This link leads round in a circle: what it leads to holds the link itself.'],
  },
  {
    what: 'a link that git wrote as text is told as that',
    files: { ...common, 'chart/charts/common': '../../common' },
    errors: [
      'chart/charts/common This is a link that git has written as a file with its target in it: helm finds no chart there.',
    ],
  },
  {
    what: 'a values file with an alias that leads nowhere is told at its line, though helm tells none',
    files: { 'values.yaml': 'a: &x 1\nb: *y\n' },
    errors: ["values.yaml:2 The values file is no valid YAML: yaml: unknown anchor 'y' referenced"],
  },
  {
    what: 'a Chart.yaml that is no YAML is told at its line',
    files: { 'chart/Chart.yaml': 'apiVersion: v2\nname: *y\nversion: 1.0.0\n' },
    errors: ["chart/Chart.yaml:2 helm cannot read this file of the chart: yaml: unknown anchor 'y' referenced"],
  },
  {
    what: 'what is broken in a later document of a template is told at its line',
    files: { 'chart/templates/a.yaml': `${configMap('&x { a: b }')}---\n${configMap('*x', 'b')}` },
    errors: ["chart/templates/a.yaml:9 This is no valid YAML: unknown anchor 'x' referenced"],
  },
]

const helm = realTool('helm4') ?? realTool('helm3')

/** One plan of all of them, each in a namespace of its own: rendering is what takes time. */
const planned = async (at: Sandbox) => {
  await mkdir(at.path('bin'))
  await symlink(helm ?? '', at.path('bin', 'helm'))
  for (const [index, { files, links = {} }] of cases.entries()) {
    for (const [link, to] of Object.entries(links)) {
      await mkdir(dirname(at.path(`c${index}`, link)), { recursive: true })
      await symlink(to, at.path(`c${index}`, link))
    }
    const own = 'chart' in links ? { 'values.yaml': '{}\n' } : chart
    for (const [file, text] of Object.entries({ ...own, ...files })) await at.write(`c${index}/${file}`, text)
  }
  const services = cases.map(
    (_, index) =>
      `  c${index}: { namespace: c${index}, deploy: { helm: { chart: ./c${index}/chart, values: [./c${index}/values.yaml] } } }\n`,
  )
  await at.write('kindup.yaml', `name: reported\nhosts: { file: ./hosts }\nservices:\n${services.join('')}`)
  const { stdout } = await at.kindup(['plan', '--json'], { PATH: at.path('bin') })
  const document = parseJson(stdout)
  const errors = mapsAt(document, 'problems').filter((one) => textAt(one, 'severity') === 'error')
  return {
    hosts: textListAt(document, 'hosts'),
    errors: errors.map((one) => {
      const line = numberAt(one, 'at', 'line')
      const file = textAt(one, 'at', 'file')?.replace(`${at.folder}/`, '') ?? ''
      return `${file}${line === undefined ? '' : `:${line}`} ${textAt(one, 'message')}`
    }),
  }
}

describe.skipIf(helm === undefined)('what others were reported for', () => {
  let plan: Awaited<ReturnType<typeof planned>>
  beforeAll(async () => {
    await using at = await sandbox({ path: '' })
    plan = await planned(at)
  })

  it.each(cases.map(({ what, errors }, index) => ({ what, errors, folder: `c${index}/` })))(
    '$what',
    ({ errors, folder }) => {
      const told = plan.errors.flatMap((one) => (one.startsWith(folder) ? [one.slice(folder.length)] : []))
      expect(told).toEqual(errors)
    },
  )

  it('finds the hosts that rules have, and no others', () => {
    expect(plan.hosts).toEqual(['a.test'])
  })

  it('says nothing that is of none of them', () => {
    expect(plan.errors.filter((one) => !/^c\d+\//.test(one))).toEqual([])
  })
})
