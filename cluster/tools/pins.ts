import type { ToolName } from '../../config/config.ts'

/** What is downloaded: a version, and SHA-256 sums by the publishers' names of machines (`linux-amd64`) where they were read in the publishers' files. */
export type Pin = { readonly version: string; readonly sha256: Readonly<Record<string, string>> }

/** Written by `node scripts/refresh-tool-pins.ts`: nobody types sums. Without one, the publisher's checksum file decides. */
export const pins: Readonly<Record<ToolName, Pin>> = {
  kind: { version: '0.33.0', sha256: {} },
  kubectl: { version: '1.36.4', sha256: {} },
  helm: { version: '4.2.4', sha256: {} },
}
