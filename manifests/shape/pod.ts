import { fields, list, map, type Shape } from './shape.ts'

export const metadata: Shape = fields({
  name: 'text',
  generateName: 'text',
  namespace: 'text',
  labels: map('text'),
  annotations: map('text'),
  finalizers: list('text'),
  ownerReferences: list(fields({ apiVersion: 'text', kind: 'text', name: 'text', uid: 'text' })),
})

export const labelSelector: Shape = fields({
  matchLabels: map('text'),
  matchExpressions: list(fields({ key: 'text', operator: 'text', values: list('text') })),
})

const named = fields({ name: 'text', optional: 'boolean' })
const keyOfNamed = fields({ name: 'text', key: 'text', optional: 'boolean' })
const items = list(fields({ key: 'text', path: 'text', mode: 'number' }))
const resources = fields({ limits: map('text or number'), requests: map('text or number') })

const handler = {
  exec: fields({ command: list('text') }),
  httpGet: fields({ path: 'text', port: 'text or number', host: 'text', scheme: 'text' }),
  tcpSocket: fields({ port: 'text or number', host: 'text' }),
}
const probe = fields({
  ...handler,
  initialDelaySeconds: 'number',
  timeoutSeconds: 'number',
  periodSeconds: 'number',
  successThreshold: 'number',
  failureThreshold: 'number',
})

const containerFields: Readonly<Record<string, Shape>> = {
  name: 'text',
  image: 'text',
  imagePullPolicy: 'text',
  command: list('text'),
  args: list('text'),
  workingDir: 'text',
  env: list(
    fields({
      name: 'text',
      value: 'text',
      valueFrom: fields({
        secretKeyRef: keyOfNamed,
        configMapKeyRef: keyOfNamed,
        fieldRef: fields({ fieldPath: 'text' }),
        resourceFieldRef: fields({ resource: 'text' }),
      }),
    }),
  ),
  envFrom: list(fields({ prefix: 'text', secretRef: named, configMapRef: named })),
  ports: list(fields({ name: 'text', containerPort: 'number', hostPort: 'number', hostIP: 'text', protocol: 'text' })),
  volumeMounts: list(fields({ name: 'text', mountPath: 'text', subPath: 'text', readOnly: 'boolean' })),
  resources,
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: fields({ postStart: fields(handler), preStop: fields(handler) }),
  stdin: 'boolean',
  tty: 'boolean',
  securityContext: fields({ privileged: 'boolean', runAsUser: 'number', runAsNonRoot: 'boolean' }),
}

const volume = fields({
  name: 'text',
  secret: fields({ secretName: 'text', optional: 'boolean', items }),
  configMap: fields({ name: 'text', optional: 'boolean', items }),
  persistentVolumeClaim: fields({ claimName: 'text', readOnly: 'boolean' }),
  hostPath: fields({ path: 'text', type: 'text' }),
  emptyDir: fields({ medium: 'text', sizeLimit: 'text or number' }),
  projected: fields({
    sources: list(fields({ secret: fields({ name: 'text', items }), configMap: fields({ name: 'text', items }) })),
  }),
})

/** A pod's spec. `strict`: as the API itself checks it; the kinds of others may fill in what is missing. */
export const podSpec = (strict: boolean): Shape => {
  const container = fields(containerFields, ...(strict ? ['name', 'image'] : []))
  return fields(
    {
      containers: list(container),
      initContainers: list(container),
      ephemeralContainers: list(container),
      volumes: list(volume),
      nodeSelector: map('text'),
      tolerations: list(
        fields({ key: 'text', operator: 'text', value: 'text', effect: 'text', tolerationSeconds: 'number' }),
      ),
      imagePullSecrets: list(named),
      serviceAccountName: 'text',
      restartPolicy: 'text',
      hostNetwork: 'boolean',
      terminationGracePeriodSeconds: 'number',
      affinity: fields({ nodeAffinity: 'anything', podAffinity: 'anything', podAntiAffinity: 'anything' }),
      securityContext: fields({ fsGroup: 'number', runAsUser: 'number', runAsNonRoot: 'boolean' }),
      topologySpreadConstraints: list(fields({ maxSkew: 'number', topologyKey: 'text', labelSelector })),
    },
    ...(strict ? ['containers'] : []),
  )
}

export const podTemplate = (strict: boolean): Shape =>
  fields({ metadata: fields({ labels: map('text'), annotations: map('text') }), spec: podSpec(strict) })
