import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Access } from './control-plane.ts'

export type Question = {
  readonly url: string
  readonly method: string
  readonly body?: string
  readonly contentType?: string
  readonly port?: MessagePort
}

export type Answer = { readonly status: number; readonly text: string }

export type Ask = (question: Question) => Answer

/** Asks, and has the caller's thread wait for the answer: tests see and change the stand-in's memory without waiting too. */
export const makeAsk = ({ ca, cert, key }: Access): { readonly ask: Ask; readonly end: () => Promise<unknown> } => {
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL('./ask-worker.ts', import.meta.url), { workerData: { signal, ca, cert, key } })
  worker.unref()
  const ask: Ask = (question) => {
    const { port1, port2 } = new MessageChannel()
    Atomics.store(signal, 0, 0)
    worker.postMessage({ ...question, port: port2 }, [port2])
    Atomics.wait(signal, 0, 0)
    const answer: { readonly message: Answer } | undefined = receiveMessageOnPort(port1)
    port1.close()
    if (!answer || answer.message.status === 0) throw new Error(`${question.url}: ${answer?.message.text}`)
    return answer.message
  }
  return { ask, end: () => worker.terminate() }
}
