import assert from 'node:assert/strict'
import type { OpenaiScenarioClient, Place } from './scenario-client.ts'
import type { ScenarioStudio } from '../scenarios/studio.ts'

/** One column of the table. It rejects where the client sees something else; a text says why there is no shape for it. */
export type Scenario = (
  client: OpenaiScenarioClient,
  studio: ScenarioStudio,
) => Promise<string | void>

const at = ({ url, fetch }: ScenarioStudio, apiKey = 'anna'): Place => ({
  baseURL: `${url}/v1`,
  apiKey,
  fetch,
})

const noResume = 'this client has no call that reads a response again'
const chatHasNone = 'Chat Completions have no shape for it'

/** What a client of OpenAI's API can do with a studio, in the order of the table. */
export const openaiScenarios: Readonly<Record<string, Scenario>> = {
  async text(client, studio) {
    assert.equal((await client.ask(at(studio), 'hi')).text, 'Hello')
  },
  async reasoning(client, studio) {
    const { text, reasoning } = await client.ask(at(studio), 'think')
    assert.equal(text, 'I thought.')
    if (reasoning === '') return 'this client does not show reasoning'
    assert.equal(reasoning, 'Hm.')
  },
  async tools(client, studio) {
    const { text, outputs } = await client.ask(at(studio), 'add')
    assert.equal(text, 'Done.')
    if (outputs.length === 0)
      return `${client.api} of this client shows no tools that ran elsewhere`
    assert.match(outputs.join(), /sum/)
  },
  async approval(client, studio) {
    const answer = await client.ask(at(studio), 'refund')
    if (client.api === 'chat') {
      assert.match(answer.text, /waits for the approval of refund/)
      return chatHasNone
    }
    if (answer.approvals.length === 0) return 'this client shows no approval requests'
    assert.equal(answer.approvals.length, 1)
    if (!client.approve) return 'this client shows the request and has no call for the verdict'
    const next = await client.approve(at(studio), answer)
    assert.equal(next.text, 'Done.')
    assert.match(next.outputs.join(), /refunded/)
  },
  async 'edited approval'() {
    return 'a verdict of OpenAI has no arguments'
  },
  async cancel(client, studio) {
    if (!client.begin || !client.cancel) return 'this client has no call that cancels'
    const { id } = await client.begin(at(studio), 'hang')
    assert.equal(await client.cancel(at(studio), id), 'cancelled')
  },
  async 'resume after cut'(client, studio) {
    if (!client.begin || !client.resume || !client.cancel) return noResume
    const { id, last } = await client.begin(at(studio), 'hang')
    const resumed = client.resume(at(studio), id, last)
    await client.cancel(at(studio), id)
    assert.equal((await resumed).text, 'Half')
  },
  async 'resume after kill -9'(client, studio) {
    if (!client.begin || !client.resume) return noResume
    if (!studio.kill) return 'needs two processes'
    const { id, last } = await client.begin(at(studio), 'cut')
    const url = await studio.kill()
    const { text } = await client.resume(at({ ...studio, url }), id, last)
    assert.equal(text, 'Whole answer')
  },
  async error(client, studio) {
    await assert.rejects(client.ask(at(studio), 'fail'), /out of order/)
  },
  async usage(client, studio) {
    const { usage } = await client.ask(at(studio), 'hi')
    assert.deepEqual(usage, { input: 11, output: 7 })
  },
  async tenant(client, studio) {
    const { id } = await client.ask(at(studio), 'hi')
    if (!client.cancel) return 'this client names no response of others'
    await assert.rejects(client.cancel(at(studio, 'bert'), id), /not found/)
  },
}
