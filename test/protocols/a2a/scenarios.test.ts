import { expect, it } from 'vitest'
import { createScenarioFleet, createScenarioStudio } from './scenario-studio.ts'
import { a2aScenarios } from './scenarios.ts'

const { 'resume after kill -9': afterKill, ...inProcess } = a2aScenarios
const bindings = ['JSONRPC', 'HTTP+JSON'] as const
/** What A2A has no shape for. */
const shapeless = ['reasoning', 'tools']

const cells = bindings.flatMap((binding) =>
  Object.entries(inProcess).map(([name, scenario]) => ({ binding, name, scenario })),
)

it.each(cells)('A2A over $binding passes the scenario $name', async (cell) => {
  const reason = await cell.scenario(cell, await createScenarioStudio())
  expect(reason === undefined).toBe(!shapeless.includes(cell.name))
})

it.each(bindings)(
  'A2A over %s passes the scenario resume after kill -9, between two processes',
  async (binding) => {
    expect(await afterKill?.({ binding }, await createScenarioFleet())).toBeUndefined()
  },
  60_000,
)
