import { expect, it } from 'vitest'
import { Studio } from '../../src/index.ts'

it('GET /studio/health is degraded without a database', async () => {
  const response = await new Studio().fetch(new Request('http://studio.test/studio/health'))
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({
    status: 'degraded',
    database: { connected: false },
  })
})
