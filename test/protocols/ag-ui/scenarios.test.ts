import { expect, it } from 'vitest'
import { createScenarioFleet, createScenarioStudio } from './scenario-studio.ts'
import { agUiScenarios } from './scenarios.ts'
import { openThread } from './thread-client.ts'

const { 'resume after kill -9': afterKill, ...inProcess } = agUiScenarios

it.each(Object.entries(inProcess))('HttpAgent passes the scenario %s', async (_, scenario) => {
  expect(await scenario(openThread, await createScenarioStudio())).toBeUndefined()
})

it('HttpAgent passes the scenario resume after kill -9, between two processes', async () => {
  expect(await afterKill?.(openThread, await createScenarioFleet())).toBeUndefined()
}, 60_000)
