import type { Place } from '../core/problem.ts'

/** Where a chart comes from: `chart` is a folder or an archive (absolute path), `oci://…`, or a name in `repo`. */
export type ChartConfig = { readonly chart: string; readonly repo?: string; readonly version?: string }

export type SetValue = string | number | boolean | null

/** Values for a chart: a file (absolute path) and where it is named, single keys, or a whole tree. */
export type ValuesLayer =
  | { readonly file: string; readonly at: Place }
  | { readonly set: Readonly<Record<string, SetValue>> }
  | { readonly values: Readonly<Record<string, unknown>> }
