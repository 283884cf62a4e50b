import { describe, expect, it } from 'vitest'
import { makeHidden } from '../../../../services/secrets/hidden.ts'
import { madeConfig } from '../../../support/made-config.ts'

const textsOf = (values: Readonly<Record<string, string | Buffer>>, names: readonly string[] = []) => {
  const hidden = makeHidden(madeConfig({ environments: [{ name: 'production', namespace: 'prod-ns', vars: {} }] }))
  hidden.except(names)
  hidden.add(new Map(Object.entries(values).map(([key, value]) => [key, Buffer.from(value)])))
  return [...hidden.texts]
}

describe('texts that are not printed', () => {
  it('are values, as they are and as the API shows them', () => {
    expect(textsOf({ A: 'correct-horse' })).toEqual(['correct-horse', 'Y29ycmVjdC1ob3JzZQ=='])
  })

  it('are the lines of a key, without those that every key has', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END PRIVATE KEY-----\n'
    expect(textsOf({ key })).toEqual(['MIIEvQIBADANBg', 'kqhkiG9w0BAQ'])
  })

  it('are the lines of a file of settings, without those that are a key alone', () => {
    const file = 'apiVersion:\nserver:\n  token: abcdefgh\nA_VERY_LONG_KEY\n'
    expect(textsOf({ file })).toEqual(['token: abcdefgh', 'A_VERY_LONG_KEY'])
  })

  it('are no words that everything else would lose: names of the file and of objects, ports, short ones', () => {
    const values = { ENV: 'production', NS: 'prod-ns', HOST: 'postgres', PORT: '5432', MODE: 'local', ON: 'true' }
    expect(textsOf(values, ['postgres'])).toEqual([])
  })

  it('are no part of a name: a login is often called as the project is', () => {
    expect(textsOf({ username: 'produc', password: 'productions' })).toEqual(['productions', 'cHJvZHVjdGlvbnM='])
    expect(textsOf({ username: 'timetables' }, ['timetables-e2e'])).toEqual([])
  })

  it('are no halves of what is no text', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x0a, ...Buffer.from('some text')])
    expect(textsOf({ bytes })).toEqual([bytes.toString('base64')])
  })
})
