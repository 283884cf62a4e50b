import { Argument, Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { command, withPlanFlags } from '../../../../scripts/flags/flags.ts'
import { complete } from '../../../../scripts/completion/complete.ts'
import { offersText, type Offers } from '../../../../scripts/completion/offers.ts'
import { tree } from '../../../support/tree.ts'

const file = `name: shop
addons: { ingress-nginx: true, argocd: { host: a.test }, flux: false }
images: { base: { build: ./base } }
environments: { dev: {}, prod: {} }
services:
  web: { image: { build: ./web }, deploy: { manifests: [x] }, environments: [dev] }
  db: { namespace: data, deploy: { manifests: [x] } }
  api: { deploy: { manifests: ["\${MISSING}"] } }
  half:
`

const program = (): Command =>
  new Command('kindup')
    .version('1', '-V, --version')
    .addCommand(withPlanFlags(command('up', 'make it so')))
    .addCommand(command('undeploy', 'take one away').argument('<service>'))
    .addCommand(
      new Command('hosts')
        .addCommand(command('apply', 'write').option('--hosts-file <file>', 'the file'))
        .addCommand(command('show', 'print')),
    )
    .addCommand(command('init', 'write a file').option('--dir <dir>', 'the folder'))
    .addCommand(command('completion', 'a script').addArgument(new Argument('<shell>').choices(['bash', 'zsh'])))

const offered = (words: string, text = file): Offers => {
  using at = tree(text === '' ? {} : { 'kindup.yaml': text, 'other.yaml': 'name: other\nenvironments: { test: {} }\n' })
  return complete(program(), words.split(' '), at.folder)
}
const values = (words: string, text = file): readonly string[] => offered(words, text).values.map(({ value }) => value)

describe('a line can go on with', () => {
  it.each([
    ['', 'up undeploy hosts init completion help'],
    ['un', 'undeploy'],
    ['hosts ', 'apply show help'],
    ['completion ', 'bash zsh'],
    ['completion bash ', '--config --trust --name --env --yes --json --quiet --verbose --timeout --help'],
    ['nonsense ', ''],
    ['up --e', '--env'],
    ['up --yes --ye', ''],
    ['up --env dev --e', '--env'],
    ['up --env ', 'dev prod'],
    ['up --env=', '--env=dev --env=prod'],
    ['up --env=p', '--env=prod'],
    ['up --yes=', ''],
    ['up --config other.yaml --env ', 'test'],
    ['up --config=other.yaml --env ', 'test'],
    ['up -c other.yaml --env ', 'test'],
    ['up --name ', 'shop'],
    ['up --image ', 'base= web='],
    ['up --image we', 'web='],
    ['up --set addons.ar', 'addons.argocd=false'],
    ['up --set addons.fl', 'addons.flux=true'],
    ['up --timeout ', ''],
    ['up --unknown ', ''],
    ['up -- --e', ''],
    ['undeploy ', 'web db api half'],
    ['undeploy --env dev w', 'web'],
  ])('%j: %s', (words, expected) => {
    expect(values(words).join(' ')).toBe(words === 'up --unknown ' ? values('up ').join(' ') : expected)
  })

  it('the steps of the file', () => {
    expect(values('up --only ')).toEqual([
      'cluster/api',
      'cluster/nodes',
      'addon/ingress-nginx',
      'addon/argocd',
      'image/base',
      'image/web',
      'service/web@dev',
      'service/db',
      'service/api@dev',
      'service/api@prod',
      'service/half@dev',
      'service/half@prod',
      'hosts',
      'addon/*',
      'image/*',
      'service/*',
      'service/*@dev',
      'service/*@prod',
    ])
    expect(values('up --skip service/web')).toEqual(['service/web@dev'])
  })

  it('files and folders where a flag takes one', () => {
    expect(offered('up --config ').kind).toBe('files')
    expect(offered('up --config=ki').kind).toBe('files')
    expect(offered('hosts apply --hosts-file ').kind).toBe('files')
    expect(offered('init --dir ').kind).toBe('folders')
  })

  it.each([
    ['no file', ''],
    ['a file that is no YAML', 'name: [oh'],
    ['a list', '- a'],
    ['sections of the wrong type', 'services: 1\naddons: [a]\nenvironments: x'],
  ])('what is known without it, with %s', (_, text) => {
    expect(values('up --env ', text)).toEqual([])
    expect(values('undeploy ', text)).toEqual([])
    expect(values('up --j', text)).toEqual(['--json'])
  })
})

it('is told to the shell line by line', () => {
  expect(offersText({ kind: 'values', values: [{ value: 'a=', about: 'one\nthing' }] })).toBe(':values\na=\tone thing')
  expect(offersText({ kind: 'files', values: [] })).toBe(':files')
})
