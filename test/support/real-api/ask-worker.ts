import { Agent, request as requestTls } from 'node:https'
import { request as requestPlain } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import type { Answer, Question } from './ask.ts'

/** The thread that asks while the thread of the tests waits. */
const { signal, ...login } = workerData as { signal: Int32Array; ca: string; cert: string; key: string }
const agent = new Agent({ keepAlive: true, ...login })

const answerTo = ({ url, method, body, contentType = 'application/json' }: Question): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'user-agent': 'test' }
    const done = url.startsWith('https:')
      ? requestTls(url, { method, headers, agent })
      : requestPlain(url, { method, headers })
    done.on('error', reject)
    done.on('response', (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
    })
    done.end(body)
  })

const reply = async (question: Question): Promise<void> => {
  const answer = await answerTo(question).catch((error: unknown) => ({ status: 0, text: String(error) }))
  question.port?.postMessage(answer)
  Atomics.store(signal, 0, 1)
  Atomics.notify(signal, 0)
}

parentPort?.on('message', (question: Question) => void reply(question))
