import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { templateLines } from '../../../../manifests/helm/template-lines.ts'
import { temporary } from './helms.ts'

const template = `kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: app
          image: {{ .Values.image }}
          ports:
            - name: http
              containerPort: {{ .Values.port }}
          env:
            {{- toYaml .Values.env | nindent 12 }}
        - name: sidecar
          image: {{ .Values.sidecar }}
          ports:
            - name: metrics
              containerPort: {{ .Values.metrics }}
`
const rendered = `kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: app
          image: a
          ports:
            - name: http
              containerPort: eighty
          env:
            - name: A
              value: 5
        - name: sidecar
          image: b
          ports:
            - name: metrics
              containerPort: ninety
`

describe('the line of a template', () => {
  it.each([
    ['that is in the rendered text as it is', 'name: sidecar', 13],
    ['whose value the template made', 'image: a', 7],
    ['whose key stands there several times: what is around it tells', 'containerPort: eighty', 10],
    ['the same further down', 'containerPort: ninety', 17],
    ['that a value brought as a whole: where that stands', 'value: 5', 11],
  ])('%s', async (_what, text, line) => {
    await using made = await temporary()
    await mkdir(join(made.folder, 'templates'))
    await writeFile(join(made.folder, 'templates/web.yaml'), template)
    const lines = rendered.split('\n')
    const place = templateLines({ kind: 'folder', path: made.folder } as never, 'x/templates/web.yaml')(
      lines,
      lines.findIndex((one) => one.includes(text)),
    )
    expect(place).toEqual({ file: join(made.folder, 'templates/web.yaml'), line })
  })
})
