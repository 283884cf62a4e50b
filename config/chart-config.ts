/** Where a chart comes from: `chart` is a folder or an archive (absolute path), `oci://…`, or a name in `repo`. */
export type ChartConfig = { readonly chart: string; readonly repo?: string; readonly version?: string }

export type SetValue = string | number | boolean | null
