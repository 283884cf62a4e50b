/** A mistake in one file of a chart or kustomization; it is on the first line that then differs, `below` lines further. */
export type RenderedMistake = {
  readonly sort: string
  readonly file: string
  readonly good: string
  readonly bad: string
  readonly below?: number
}

type Row = readonly [good: string, bad: string, below?: number]

const rows = (sort: string, file: string, ...some: readonly Row[]): readonly RenderedMistake[] =>
  some.map(([good, bad, below]) => ({ sort, file, good, bad, ...(below === undefined ? {} : { below }) }))

const deployment = 'chart/templates/deployment.yaml'
const others = 'chart/templates/others.yaml'
const values = 'chart/values.yaml'
const base = 'kustomize/base/web.yaml'
const overlay = 'kustomize/overlays/dev/kustomization.yaml'

/** Mistakes that people make, each one change of one file. The lines were written down before anybody looked at what `plan` says. */
export const renderedMistakes: readonly RenderedMistake[] = [
  ...rows(
    'in a template',
    deployment,
    ['revisionHistoryLimit', 'revisionHistroyLimit'],
    ['serviceAccountName', 'serviceAcountName'],
    ['imagePullPolicy', 'imagepullPolicy'],
    ['containerPort:', 'containerport:'],
    ['readinessProbe', 'readynessProbe'],
    ['httpGet', 'httpget'],
    ['periodSeconds', 'periodSecond'],
    ['volumeMounts', 'volumeMount'],
    ['port: http\n            p', 'port: htpp\n            p'],
    ['key: color', 'key: colour'],
    ['-settings\n                  key', '-setting\n                  key'],
    ['claimName: {{ .Release.Name }}-data', 'claimName: {{ .Release.Name }}-date'],
    ['- name: data\n              mountPath', '- name: dta\n              mountPath'],
    ['mountPath: /data', 'mountPath: data:/x'],
    [
      '| quote }}\n            {{- end',
      '}}\n            - name: MODE\n              value: {{ $value | quote }}\n            {{- end',
      1,
    ],
    ['- name: web\n', '- name: Web\n'],
    ['apiVersion: apps/v1', 'apiVersion: extensions/v1beta1'],
    ['      {{- include "shop.selector" . | nindent 6 }}', '      app: {{ .Release.Name }}'],
    ['revisionHistoryLimit: 3', 'revisionHistoryLimit: "3"'],
    ['              value: {{ $value | quote }}', '              value: {{ 5 }}'],
  ),
  ...rows(
    'in a template',
    others,
    ['targetPort: {{', 'targetport: {{'],
    ['pathType: {{', 'pathtype: {{'],
    ['number: {{', 'numbr: {{'],
    ['name: {{ .Release.Name }}\n                port', 'name: {{ .Release.Name }}-web\n                port'],
    ['accessModes', 'accessMode'],
    ['restartPolicy: OnFailure', 'restartPolicy: Always'],
    ['scaleTargetRef', 'scaleTarget'],
    ['name: {{ .Release.Name }}\n  minReplicas', 'name: {{ .Release.Name }}-web\n  minReplicas'],
    ['type: Utilization', 'type: Percent'],
    ['apiVersion: autoscaling/v2', 'apiVersion: autoscaling/v2beta2'],
    ['schedule: {{ .Values.schedule | quote }}', 'schedule: "61 3 * * *"'],
    ['    {{- include "shop.selector" . | nindent 4 }}', '    app: shop'],
  ),
  ...rows(
    'in values',
    values,
    ['replicas: 2', 'replicas: "two"'],
    ['replicas: 2', 'replicas: -1'],
    ['pullPolicy: IfNotPresent', 'pullPolicy: IfNotPresnt'],
    ['type: ClusterIP', 'type: ClusterIp'],
    ['  port: 80\n', '  port: 800000\n'],
    ['targetPort: http', 'targetPort: https'],
    ['port: 8080', 'port: 80800'],
    ['portName: http', 'portName: HTTP'],
    ['host: shop.local', 'host: http://shop.local'],
    ['pathType: Prefix', 'pathType: prefix'],
    ['cpu: 100m', 'cpu: 100mcpu'],
    ['memory: 64Mi', 'memory: 512Mi'],
    ['memory: 256Mi', 'memory: 256MB'],
    ['  limits:', '  limit:'],
    ['  MODE: fast', '  MY=MODE: fast'],
    ['periodSeconds: 10', 'periodSeconds: 10s'],
    ['runAsNonRoot: true', 'runAsNonroot: true'],
    ['nodeSelector: {}', 'nodeSelector: { disk: true }'],
    ['tolerations: []', 'tolerations: [{ key: a, operator: Exist }]'],
    ['schedule: "0 3 * * *"', 'schedule: "0 3 * *"'],
    ['max: 5', 'max: 1'],
    ['cpu: 80', 'cpu: 80%'],
    ['size: 1Gi', 'size: 1GB'],
    ['accessMode: ReadWriteOnce', 'accessMode: ReadWrite'],
    ['team: shop', 'team: "the shop"'],
    ['color: red', 'color: 5'],
    ['serviceAccount: shop', 'serviceAccount: Shop_1'],
    ['tag: "1.4"', 'tag: "1 4"'],
  ),
  ...rows(
    'in a base',
    base,
    ['replicas: 1', 'replica: 1'],
    ['selector:', 'selectors:'],
    ['containerPort: 8080', 'containerPort: "8080"'],
    ['configMapKeyRef', 'configMapRef'],
    ['key: color', 'key: colour'],
    ['name: login', 'name: logn'],
    ['memory: 64Mi', 'memory: 64MB'],
    ['- name: conf\n              m', '- name: config\n              m'],
    ['apiVersion: apps/v1', 'apiVersion: apps/v1beta2'],
    ['      app: web\n  template', '      app: wbe\n  template'],
  ),
  ...rows(
    'in a base',
    'kustomize/base/service.yaml',
    ['targetPort: http', 'targetPort: htpp'],
    ['app: web', 'app: wbe'],
    ['ports:', 'port:'],
  ),
  ...rows(
    'in a patch or what an overlay adds',
    'kustomize/overlays/dev/limits.yaml',
    ['minReadySeconds', 'minReadySecond'],
    ['value: debug', 'value: 5'],
    ['limits:', 'limit:'],
    ['memory: 256Mi', 'memory: 256MB'],
    ['port: http', 'port: htpp'],
    ['- name: web\n          env', '- name: wbe\n          env'],
    ['httpGet', 'httpget'],
  ),
  ...rows(
    'in a patch or what an overlay adds',
    'kustomize/overlays/dev/ingress.yaml',
    ['pathType: Prefix', 'pathType: prefix'],
    ['name: web\n                port', 'name: wbe\n                port'],
    ['number: 8080', 'number: 80'],
    ['backend:', 'backends:'],
  ),
  ...rows(
    'in a kustomization or generator',
    overlay,
    ['- ingress.yaml', '- ingres.yaml'],
    ['team: shop', 'team: "the shop"'],
    ['count: 2', 'count: -1'],
    ['path: limits.yaml', 'path: limit.yaml'],
    ['value: 8080', 'value: 800000'],
    ['path: /spec/ports/0/port', 'path: /spec/ports/4/port'],
  ),
  ...rows(
    'in a kustomization or generator',
    'kustomize/base/kustomization.yaml',
    ['- color=red', '- colour=red'],
    ['- name: settings', '- name: setings'],
    ['- app.conf', '- app.cnf'],
    ['- password=example', '- pasword=example'],
    ['- service.yaml', '- services.yaml'],
  ),
]
