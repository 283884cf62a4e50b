/** How far a download is. Bytes; `total` is undefined where the server does not say. */
export type Progress = {
  /** `helm 4.2.4` */
  readonly what: string
  readonly received: number
  readonly total?: number | undefined
  /** What it waits for, where no bytes come. */
  readonly waits?: string
}

/** `helm 4.2.4: 45 %, 7.9 of 17.5 MB` */
export const progressLine = ({ what, received, total, waits }: Progress): string => {
  if (waits !== undefined) return `${what}: ${waits}`
  if (total === undefined || total === 0) return `${what}: ${megabytes(received)} MB`
  return `${what}: ${percentOf({ received, total })} %, ${megabytes(received)} of ${megabytes(total)} MB`
}

export const percentOf = ({ received, total }: Pick<Progress, 'received' | 'total'>): number =>
  total === undefined || total === 0 ? 0 : Math.floor((100 * received) / total)

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1)
