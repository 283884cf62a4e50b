export type ScalarStyle = 'plain' | 'quoted' | 'block'

/** The smallest parts of a YAML text. `start` is an offset. */
export type Token =
  | { readonly type: Mark; readonly start: number }
  | { readonly type: 'anchor' | 'alias' | 'tag'; readonly start: number; readonly value: string }
  | { readonly type: 'tag-directive'; readonly start: number; readonly handle: string; readonly prefix: string }
  | { readonly type: 'scalar'; readonly start: number; readonly value: string; readonly style: ScalarStyle }

export type Mark =
  | 'stream-end'
  | 'version-directive'
  | 'document-start'
  | 'document-end'
  | 'block-list-start'
  | 'block-map-start'
  | 'block-end'
  | 'flow-list-start'
  | 'flow-list-end'
  | 'flow-map-start'
  | 'flow-map-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
