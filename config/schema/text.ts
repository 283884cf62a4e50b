import { z } from 'zod'

/** One part of a DNS name, the form that Kubernetes wants for most names. */
const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

const dnsLabelRule = 'write lower-case letters, digits and dashes, with a letter or digit at both ends'

/** A name that becomes a Kubernetes name, a part of a container's name, or a step id. */
export const label = () => z.string().regex(dnsLabel, dnsLabelRule).max(63)

/** Node labels as a map of text to text. */
export const labels = () => z.record(z.string(), z.string())

export const port = () => z.int().min(1).max(65_535)

export const texts = () => z.array(z.string().min(1))

/** Dotted paths into the values of a chart; a dot that belongs to a key is written `\.`. Indices end where those of helm do. */
export const setValues = () =>
  z.record(
    z
      .string()
      .min(1)
      .refine((path) => [...path.matchAll(/\[(\d+)\]/g)].every(([, index]) => Number(index) <= 65_536), {
        error: 'helm takes indices of lists up to 65536',
      }),
    z.union([z.string(), z.number(), z.boolean(), z.null()]),
  )
