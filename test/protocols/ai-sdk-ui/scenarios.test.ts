import { Chat } from '@ai-sdk/react'
import * as ai from 'ai'
import { expect, it } from 'vitest'
import { toAiSdkClient } from './ai-sdk-client.ts'
import { createScenarioFleet, createScenarioStudio } from './scenario-studio.ts'
import { aiSdkScenarios } from './scenarios.ts'

const client = toAiSdkClient(6, { ...ai, Chat })
const { 'resume after kill -9': afterKill, ...inProcess } = aiSdkScenarios

it.each(Object.entries(inProcess))('AI SDK 6 passes the scenario %s', async (_, scenario) => {
  expect(await scenario(client, await createScenarioStudio())).toBeUndefined()
})

it('AI SDK 6 passes the scenario resume after kill -9, between two processes', async () => {
  expect(await afterKill?.(client, await createScenarioFleet())).toBeUndefined()
}, 60_000)
