/** What came of asking once. */
export type Try = { readonly ok: boolean; readonly message?: string; readonly status?: number }
