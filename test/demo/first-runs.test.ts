import { expect, it, onTestFinished } from 'vitest'
import { makeMishaps } from '../../examples/support-desk/mishaps.ts'
import { startSupportDesk } from '../../examples/support-desk/start.ts'
import { createStudioClient } from '../../src/client.ts'
import { openPage } from '../support/console.ts'

it('the demo makes a run with a retried model call and one that was taken over, and the console shows both', async () => {
  const desk = await startSupportDesk({ port: 0, env: {} })
  onTestFinished(() => desk.close())
  await makeMishaps(desk)
  const client = createStudioClient({ fetch: desk.studio.fetch })
  const { items } = await client.runs.list().page()
  expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['succeeded']))
  const find = (text: string) => items.find(({ preview }) => preview === text)
  const retried = find('Has order ORD-1003 arrived?')
  const taken = find('Summarize order ORD-1002.')
  const { page, context, go, faults } = await openPage(`${desk.url}/console`, {
    width: 1280,
    height: 800,
  })
  onTestFinished(() => context.close())
  await go(`/runs/${retried?.id}?tab=waterfall`)
  await page.getByText('1 retry').waitFor()
  await go(`/runs/${taken?.id}`)
  await page.getByText('Attempt 2 of this turn').waitFor()
  expect(await page.getByText('Order ORD-1002 is shipped.').count()).toBe(1)
  await go(`/runs/${taken?.id}?tab=waterfall`)
  await page.getByText('attempt 2', { exact: false }).first().waitFor()
  expect(faults).toEqual([])
})
