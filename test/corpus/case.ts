/** One input that a tool and kindup both render. Paths are absolute. */
export type Case = {
  /** What it is called in reports and by `--only`: its path below the folder that was given, with the values file behind a `+`. */
  readonly id: string
  readonly kind: 'chart' | 'kustomization' | 'manifest'
  readonly path: string
  /** Of a chart. */
  readonly values?: string
}
