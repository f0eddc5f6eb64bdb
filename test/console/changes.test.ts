import { describe, expect, it } from 'vitest'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { createStudioClient } from '../../src/client.ts'
import { createRefundTool, createSupport } from '../support/agents.ts'
import { type ConsoleOptions, openConsole } from '../support/console.ts'
import { storeKinds } from '../support/stores.ts'
import { createFolder } from '../support/workspace.ts'

const agents = [createSupport([], { tools: [createRefundTool().tool] }).agent]
const lines = (count: number, word: string) =>
  Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join('')
const hostile = '<img src=x onerror=alert(1)> \u001b[31mred \u202eturned\u202c \u200bhidden\n'

/** Opens the page on a folder with some files, and proposes edits of them. */
async function openChanges(
  edits: readonly Readonly<Record<string, string>>[],
  options: ConsoleOptions = {},
) {
  const folder = await createFolder({ 'src/a.ts': lines(40, 'old'), 'src/b.ts': 'b\n' })
  const opened = await openConsole({
    workspace: nodeWorkspace({ root: folder.root, write: ['src/**'] }),
    allow: ['ai_patch'],
    agents,
    ...options,
  })
  const { changes } = createStudioClient({ fetch: opened.studio.fetch })
  const shown: { id: string; digest: string }[] = []
  for (const edit of edits) {
    const operations = Object.entries(edit).map(([path, text]) => {
      return { type: 'modify_file' as const, path, text }
    })
    const reason = `Edit ${Object.keys(edit).join(', ')}`
    const { change_set } = await changes.preview({ operations, reason })
    if (change_set) shown.push(change_set)
  }
  return { ...opened, folder, changes, shown }
}

describe.each(storeKinds)('the page of change sets with stores in $name', (store) => {
  it('shows what it takes away before the diff, and is approved, applied and rolled back by keys', async () => {
    const { page, go, folder, findAxeViolations, shown } = await openChanges(
      [{ 'src/a.ts': 'new\n', 'src/b.ts': 'eval("b")\n' }],
      { store },
    )
    await go('/changes')
    await page.getByRole('link', { name: 'Edit src/a.ts, src/b.ts' }).click()
    const detail = page.getByRole('region', { name: 'Change set' })
    await detail.getByText('old 39').waitFor()
    const text = (await detail.textContent()) ?? ''
    const order = [
      'Takes away',
      'Warnings',
      'Asked by',
      shown[0]?.digest ?? '',
      'old 39',
      'History',
    ]
    const places = order.map((one) => text.indexOf(one))
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(places[0]).toBeGreaterThanOrEqual(0)
    expect(await findAxeViolations()).toEqual([])

    const apply = detail.getByRole('button', { name: 'Apply…' })
    expect(await apply.getAttribute('title')).toBe('A person must approve it first.')
    await page.keyboard.press('a')
    await page.keyboard.press('Enter')
    await detail.getByText('Approved').first().waitFor()
    await apply.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Apply: 2 files' })
    await dialog.getByText('exactly as they are shown').waitFor()
    await dialog.getByText('src/a.ts, src/b.ts').waitFor()
    await dialog.getByText(shown[0]?.digest ?? '').waitFor()
    expect(await findAxeViolations()).toEqual([])
    expect(await folder.read('src/b.ts')).toBe('b\n')
    await dialog.getByRole('button', { name: 'Apply' }).press('Enter')
    await detail.getByRole('button', { name: 'Roll back…' }).waitFor()
    expect(await folder.read('src/b.ts')).toBe('eval("b")\n')

    await detail.getByRole('button', { name: 'Roll back…' }).press('Enter')
    const back = page.getByRole('dialog', { name: 'Roll back: 2 files' })
    await back.getByText('If somebody has edited one since').waitFor()
    await back.getByRole('button', { name: 'Roll back' }).press('Enter')
    await detail.getByText('Rolled back').first().waitFor()
    expect(await folder.read('src/a.ts')).toBe(lines(40, 'old'))
    await detail.getByText('rollback started').waitFor()
  })

  it('rejects with a reason, and filters by status', async () => {
    const { page, go, changes, shown } = await openChanges(
      [{ 'src/a.ts': 'one\n' }, { 'src/b.ts': 'two\n' }],
      { store },
    )
    await go(`/changes?change=${shown[0]?.id}`)
    await page.getByLabel('Reason').fill('Not like this')
    await page.getByRole('button', { name: 'Reject' }).click()
    await page.getByText('Not like this').waitFor()
    expect((await changes.get(shown[0]?.id ?? '')).approval).toMatchObject({
      status: 'rejected',
      decision_reason: 'Not like this',
    })
    await page.getByLabel('Status').selectOption('pending')
    await expect.poll(() => page.getByRole('link', { name: 'Edit src/a.ts' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Edit src/b.ts' }).waitFor()
  })
})

describe('the page of change sets', () => {
  it('says why it was refused, and what to do next', async () => {
    const { page, go, folder, changes, shown } = await openChanges([{ 'src/a.ts': 'new\n' }])
    const [change] = shown
    if (!change) throw new Error('nothing to change')
    await changes.decide(change, { approved: true })
    await folder.write('src/a.ts', 'edited\n')
    await go(`/changes?change=${change.id}`)
    const apply = async () => {
      await page.getByRole('button', { name: 'Apply…' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click()
      return (await page.getByRole('alert').textContent()) ?? ''
    }
    const alert = await apply()
    expect(alert).toContain('The project has changed since. Nothing was written.')
    expect(alert).toContain('Preview the change again. Affected: src/a.ts.')
    expect(await folder.read('src/a.ts')).toBe('edited\n')
  })

  it.each([
    ['approval_required', 'Read it, then approve it.'],
    ['digest_mismatch', 'Load the page again'],
    ['busy', 'Try again in a moment.'],
    ['expired', 'Ask for a new preview'],
    ['rejected', 'Ask for another change.'],
    ['rolled_back', 'Ask for a new preview'],
    ['applying', 'Being applied. Read its history'],
    ['<b>', '<b>. Read its history'],
  ])('has a sentence for a refusal by %s', async (reason, sentence) => {
    const { page, go, answerWith, changes, shown } = await openChanges([{ 'src/a.ts': 'new\n' }])
    const [change] = shown
    if (!change) throw new Error('nothing to change')
    await changes.decide(change, { approved: true })
    await go(`/changes?change=${change.id}`)
    const error = { code: 'conflict', message: 'No', details: { reason } }
    await answerWith(/\/apply$/, { status: 409, body: JSON.stringify({ error }) })
    await page.getByRole('button', { name: 'Apply…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('alert').getByText(sentence).waitFor()
    expect(await page.getByRole('alert').textContent()).toContain(sentence)
  })

  it('shows hostile contents as text with its hidden characters named', async () => {
    const { page, go, shown } = await openChanges([{ 'src/b.ts': hostile }])
    await go(`/changes?change=${shown[0]?.id}`)
    const added = page.locator('.diff .added')
    await added.waitFor()
    const text = await added.textContent()
    expect(text).toContain('+<img src=x onerror=alert(1)> ESC[31mred U+202Eturned')
    expect(text).toContain('U+200Bhidden')
    expect(await page.locator('.diff img').count()).toBe(0)
  })

  it('cuts a large diff, and opens each of many files by a click', async () => {
    const wide = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`src/new-${index}.ts`, lines(10_000, 'x')]),
    )
    const { page, go, shown } = await openChanges([wide])
    await go(`/changes?change=${shown[0]?.id}`)
    await page.getByText('src/new-7.ts').first().waitFor()
    expect(await page.locator('.diff .plain').count()).toBe(0)
    await page.locator('.diff summary').first().click()
    await page.locator('.diff').first().getByRole('button', { name: 'Show all' }).waitFor()
    const length = await page
      .locator('.diff')
      .first()
      .evaluate(({ textContent }) => textContent?.length)
    expect(length).toBeLessThan(25_000)
  })

  it('fits 375 pixels, and leads back to the list', async () => {
    const viewport = { width: 375, height: 700 }
    const { page, go, shown, findAxeViolations } = await openChanges(
      [{ 'src/a.ts': `${'long '.repeat(100)}\n` }],
      { viewport },
    )
    await go('/changes')
    await page.getByRole('link', { name: 'Edit src/a.ts' }).waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('link', { name: 'Edit src/a.ts' }).click()
    await page.locator('.diff .added').waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(375)
    expect(await findAxeViolations()).toEqual([])
    expect(page.url()).toContain(shown[0]?.id)
    await page.getByRole('button', { name: 'Close the details' }).click()
    await page.getByRole('link', { name: 'Edit src/a.ts' }).waitFor()
  })

  it('reads the next pages of a long list, and shows failures with a way to retry', async () => {
    const edits = Array.from({ length: 130 }, (_, index) => ({ 'src/b.ts': `b ${index}\n` }))
    const { page, go, answerWith } = await openChanges(edits)
    const stop = await answerWith(/ai\/changes\?/, { status: 503 })
    await go('/changes')
    await page.getByRole('alert').waitFor()
    await stop()
    await page.getByRole('button', { name: /Retry/ }).click()
    const table = page.getByRole('table', { name: 'Changes' })
    await table.waitFor()
    await page.locator('.table').evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('131')
  })

  it('is neither in the navigation nor asked for where no change sets are served', async () => {
    const { page, go } = await openConsole({ agents, allow: ['ai_patch'] })
    const requests: string[] = []
    page.on('request', (request) => void requests.push(request.url()))
    await go('/approvals')
    await page.getByText('Nothing waits for you').waitFor()
    expect(await page.getByRole('link', { name: 'Changes' }).count()).toBe(0)
    await go('/changes')
    await page.getByText('Not offered here').waitFor()
    expect(requests.filter((url) => url.includes('/ai/changes'))).toEqual([])
  })
})

describe('the inbox of approvals', () => {
  it('leads to the change sets that wait for a decision', async () => {
    const { page, go, findAxeViolations } = await openChanges([
      { 'src/a.ts': 'one\n' },
      { 'src/b.ts': 'two\n' },
    ])
    await go('/approvals')
    await page.getByRole('link', { name: '2 change sets wait for a decision' }).waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('link', { name: '2 change sets wait for a decision' }).click()
    await page.getByRole('link', { name: 'Edit src/a.ts' }).waitFor()
  })

  it('has no such link where no decision is needed', async () => {
    const { page, go } = await openChanges([{ 'src/a.ts': 'x\n' }], {
      changes: { approve: 'never' },
    })
    await go('/approvals')
    await page.getByText('Nothing waits for you').waitFor()
    expect(await page.getByText('wait for a decision').count()).toBe(0)
  })
})
