import gte from 'semver/functions/gte.js'
import type { ToolName } from '../../config/config.ts'
import { pins } from './pins.ts'

/** The oldest that everything here works with. */
export const oldest: Readonly<Record<ToolName, string>> = { kind: '0.24.0', kubectl: '1.28.0', helm: '3.16.4' }

/** What is downloaded. One kubectl serves clusters one minor older and newer than itself. */
export const pinned: Readonly<Record<ToolName, string>> = {
  kind: pins.kind.version,
  kubectl: pins.kubectl.version,
  helm: pins.helm.version,
}

/** How a program is asked. Neither needs a cluster, a configuration or the network. */
export const versionArguments: Readonly<Record<ToolName, readonly string[]>> = {
  kind: ['version'],
  kubectl: ['version', '--client', '-o', 'json'],
  helm: ['version', '--template', '{{.Version}}'],
}

export type Version = {
  /** Major, minor, patch and what follows, without a leading v. */
  readonly text: string
  /** A build by `go install` may know no patch: it counts as its minor. */
  readonly patchKnown: boolean
}

/** Undefined when the program said something else. */
export const readVersion = (name: ToolName, stdout: string): Version | undefined => {
  const said = name === 'kubectl' ? (/"gitVersion": *"([^"]*)"/.exec(stdout)?.[1] ?? '') : stdout
  const [, major, minor, patch, rest = ''] =
    /(?:^|[\sv])(\d+)\.(\d+)(?:\.(\d+))?((?:[-+][0-9A-Za-z][0-9A-Za-z.+-]*)?)/.exec(said) ?? []
  if (major === undefined || minor === undefined) return undefined
  return { text: `${major}.${minor}.${patch ?? 0}${rest}`, patchKnown: patch !== undefined }
}

export const isNewEnough = (name: ToolName, { text, patchKnown }: Version): boolean => {
  const least = patchKnown ? oldest[name] : oldest[name].replace(/\.\d+$/, '.0')
  // What follows the patch says how it was built, not that it is older.
  return gte(text.replace(/[-+].*$/, ''), least)
}

/** `0.33.0` for `v0.33.0`, `0.33.0+abc`; for comparing with a version that was asked for. */
export const plainVersion = (text: string): string => text.replace(/^v/, '').replace(/\+.*$/, '')
