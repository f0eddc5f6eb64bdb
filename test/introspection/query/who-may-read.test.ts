import { expect, it } from 'vitest'
import { Studio, type StudioOptions } from '../../../src/index.ts'
import { fakeDatabase, sampleProject } from '../../support/project.ts'

/** Returns the capabilities that a studio offers, and the status of a query. */
async function ask(options: StudioOptions) {
  const studio = new Studio([], { project: sampleProject(), database: fakeDatabase(), ...options })
  const headers = { authorization: 'Bearer t', 'content-type': 'application/json' }
  const send = (path: string, init: RequestInit = {}) =>
    studio.fetch(new Request(`http://studio.test${path}`, { headers, ...init }))
  const handshake = (await (await send('/studio/handshake')).json()) as { capabilities: string[] }
  const reading = ['read_data', 'ai_query']
  const { status } = await send('/ai/query/execute', { method: 'POST', body: '{}' })
  return { reads: handshake.capabilities.filter((name) => reading.includes(name)), status }
}

it('rows are not offered without `auth`, unless `allow` names read_data', async () => {
  expect(await ask({})).toEqual({ reads: [], status: 403 })
  expect(await ask({ allow: ['write_data'] })).toEqual({ reads: [], status: 403 })
  const reads = ['read_data', 'ai_query']
  expect(await ask({ allow: ['read_data'] })).toEqual({ reads, status: 400 })
  expect(await ask({ auth: { token: 't' } })).toEqual({ reads, status: 400 })
})
