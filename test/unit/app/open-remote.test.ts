import { expect, test } from 'vitest'
import { openRemote } from '../../../app/remote/open-remote.ts'
import type { App, CommonFlags } from '../../../app/app.ts'

test('promote does not change the checkout of a configuration from elsewhere, which was trusted as it is', async () => {
  const flags = { config: 'https://git.example.org/team/shop.git', check: false } as unknown as CommonFlags
  await expect(openRemote({} as App, 'promote', flags)).rejects.toMatchObject({ code: 'flags' })
})
