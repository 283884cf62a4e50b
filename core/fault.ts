import process from 'node:process'
import { usageError } from './errors.ts'

/** Where in a step a run is hit: before it begins, when it first tells what it does, once it is done and nobody knows yet. */
export const faultMoments = ['before', 'middle', 'after'] as const
export const faultSignals = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const
/** It stops there until SIGCONT: meanwhile anything may happen to its world. */
const allSignals = [...faultSignals, 'SIGSTOP'] as const

type FaultMoment = (typeof faultMoments)[number]
export type Fault = (id: string, moment: FaultMoment) => void

/**
 * What `KINDUP_FAULT=STEP:MOMENT[:SIGNAL]` asks for, such as `addon/argocd:after` or `hosts:before:SIGINT`: this process
 * gets the signal (SIGKILL unless told) by `hit` when the walk comes there. For tests of what the next run makes of it.
 * Throws ConfigError for what is no such text.
 */
export const faultOf = (
  text: string | undefined,
  hit: (signal: NodeJS.Signals) => void = (signal) => void process.kill(process.pid, signal),
): Fault | undefined => {
  if (text === undefined || text === '') return undefined
  const [, step, moment, signal = 'SIGKILL'] = /^([^:]+):([a-z]+)(?::([A-Z]+))?$/.exec(text) ?? []
  const known = allSignals.find((name) => name === signal)
  if (step === undefined || !faultMoments.some((name) => name === moment) || known === undefined)
    throw usageError(
      `KINDUP_FAULT is ${JSON.stringify(text)}, which is no STEP:MOMENT:SIGNAL.`,
      `A moment is ${faultMoments.join(', ')}; a signal ${allSignals.join(', ')}.`,
      'unset KINDUP_FAULT',
    )
  // A step that is prepared before its turn comes by twice.
  let isHit = false
  return (id, reached) => {
    if (isHit || id !== step || reached !== moment) return
    isHit = true
    hit(known)
  }
}
