import { expect, it } from 'vitest'
import { Studio } from '../../../src/index.ts'

it('GET /health answers ok with the name and version of the runtime', async () => {
  const response = await new Studio().fetch(new Request('http://studio.test/health'))
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ status: 'ok', runner: { id: 'fetch-studio' } })
})
