import { expect, it } from 'vitest'
import { knownSecrets } from '../../../../services/hooks/known-secrets.ts'
import { madeConfig } from '../../../support/made-config.ts'

it('knows what names tell, and leaves words and paths that are met anywhere', () => {
  const variables = {
    API_TOKEN: 'hunter2hunter2',
    DB_PASSWORD: 'correct-horse',
    AWS_SECRET_ACCESS_KEY: 'abcdefgh',
    STAGE: 'production',
    SHORT_TOKEN: 'dev',
    TLS_PRIVATE_KEY: '/etc/tls/key.pem',
    KEYBOARD: 'qwertyqwerty',
    EMPTY_TOKEN: undefined,
  }
  expect(knownSecrets(madeConfig(), [variables])).toEqual(['hunter2hunter2', 'correct-horse', 'abcdefgh'])
})
