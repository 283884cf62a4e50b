export const versionParts = ['major', 'minor', 'patch'] as const
export type VersionPart = (typeof versionParts)[number]
