import { hashOf } from '../../core/fingerprint.ts'

/** Labels on every object that a step makes. */
export const labels = { cluster: 'kindup.dev/cluster', step: 'kindup.dev/step' } as const

/** On namespaces that kindup made: it takes them away when nothing is left in them. */
export const madeLabel = 'kindup.dev/made'

/** On Jobs: a hash of their spec. Their pod templates are immutable, so another hash means the old Job has to go first. */
export const specAnnotation = 'kindup.dev/spec'

/** On objects that Argo CD runs as hooks by a word of its own: they come and go, as those of helm do. */
export const hookAnnotation = 'kindup.dev/hook'

/** A step's id in the characters and the length that a label allows: `service/web@dev` → `service.web_dev`. */
export const stepLabel = (id: string): string => {
  const safe = id.replace('/', '.').replace('@', '_')
  const legal = safe.replace(/[^A-Za-z0-9._-]/g, '-')
  return legal === safe && safe.length <= 63 ? safe : `${legal.slice(0, 46)}-${hashOf(id)}`
}
