import { describe, expect, it } from 'vitest'
import { createStudioClient } from '../../src/client.ts'
import type { ScriptedTurn } from '../../src/testing.ts'
import {
  addTool,
  createGate,
  createRefundTool,
  createSupport,
  toolCall,
} from '../support/agents.ts'
import { type ConsoleOptions, openConsole } from '../support/console.ts'
import { storeKinds } from '../support/stores.ts'

const long = { timeout: 30_000 }

/** Opens the chat with an agent that plays these turns. */
async function openChat(
  turns: readonly ScriptedTurn[],
  { path = '/chat', ...options }: ConsoleOptions & { readonly path?: string } = {},
) {
  const { tool, refunds } = createRefundTool({ reason: () => 'Over the limit' })
  const { agent, model } = createSupport(turns, {
    tools: [tool, addTool],
    quickPrompts: ['Where is my order?'],
  })
  const opened = await openConsole({ agents: [agent], ...options })
  await opened.go(path)
  const { page } = opened
  return {
    ...opened,
    refunds,
    model,
    client: createStudioClient({ fetch: opened.studio.fetch }),
    async say(text: string) {
      await page.getByLabel('Message', { exact: true }).fill(text)
      await page.keyboard.press('Enter')
    },
  }
}

describe.each(storeKinds)('the chat on $name stores', (store) => {
  it('streams an answer with reasoning and tools, and shows the same after a reload', async () => {
    const gate = createGate()
    const { page, say } = await openChat(
      [
        [{ reasoning: 'I add.' }, toolCall('add', { a: 2, b: 3 })],
        [{ text: 'The **sum** ' }, { wait: gate.opened }, { text: 'is 5.' }],
      ],
      { store },
    )
    await say('What is 2 + 3?')
    await page.getByText('The sum', { exact: false }).first().waitFor(long)
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    await page.reload()
    await page.getByText('The sum', { exact: false }).first().waitFor(long)
    expect(await page.getByText('What is 2 + 3?').count()).toBeGreaterThan(0)
    gate.open()
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor(long)
    expect(await page.locator('.message.assistant strong').innerText()).toBe('sum')
    expect(await page.locator('.message').allInnerTexts()).toHaveLength(2)
    await page.locator('details.tool-card summary').click()
    await page.locator('details.tool-card').getByText('5', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.waitForURL(/\/runs\//)
  })

  it('asks for a decision inline, with arguments that can be changed', async () => {
    const { page, say, refunds } = await openChat(
      [toolCall('refund', { orderId: 'A1', cents: 900 }), 'Refunded.'],
      { store },
    )
    await say('Refund it')
    await page.getByText('Over the limit').waitFor(long)
    await page.getByLabel('cents').fill('500')
    await page.getByRole('button', { name: 'Approve with changes' }).click()
    await page.getByText('Refunded.').waitFor(long)
    expect(refunds).toEqual([{ orderId: 'A1', cents: 500 }])
  })
})

describe('the chat', () => {
  it('stops a run, and says so after a reload', async () => {
    const gate = createGate()
    const { page, say } = await openChat([[{ text: 'I begin' }, { wait: gate.opened }]])
    await say('Go')
    await page.getByText('I begin').waitFor(long)
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('The run was cancelled').first().waitFor(long)
    await page.reload()
    await page.getByText('The run was cancelled').first().waitFor(long)
    expect(await page.getByText('I begin').count()).toBe(1)
    gate.open()
  })

  it('shows a failed run with its reason, also after a reload', async () => {
    const { page, say } = await openChat([[{ error: new Error('The model is gone') }]])
    await say('Go')
    await page.getByText('The run failed').waitFor(long)
    await page.reload()
    await page.getByText('The run failed').waitFor(long)
    expect(await page.getByText('The run failed').count()).toBe(1)
  })

  it('shows that a message waits behind another run of the conversation', async () => {
    const gate = createGate()
    const { page, say } = await openChat([
      [{ text: 'One' }, { wait: gate.opened }],
      'Second answer',
    ])
    await say('First message')
    await page.getByText('One', { exact: true }).waitFor(long)
    await say('Second message')
    await page.getByText('Waits until the runs before it have ended.').waitFor(long)
    gate.open()
    await page.getByText('Second answer').waitFor(long)
    await expect
      .poll(() => page.locator('.message.user .plain').allInnerTexts())
      .toEqual(['First message', 'Second message'])
  })

  it('sends files within the limit that it names, and refuses others', async () => {
    const { page, model } = await openChat(['I see it.'], {
      limits: { attachmentBytes: 2_097_152 },
    })
    await page.getByText('up to 2 MB together').waitFor()
    const field = page.locator('input[type=file]')
    const file = (name: string, mimeType: string, buffer: Buffer) => ({ name, mimeType, buffer })
    await field.setInputFiles([file('big.pdf', 'application/pdf', Buffer.alloc(2_000_000))])
    await page.getByText('The files are larger than 2 MB together.').waitFor()
    await field.setInputFiles([file('a.exe', 'application/x-msdownload', Buffer.from('x'))])
    await page.getByText('a.exe is no image, PDF or text.').waitFor()
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    await field.setInputFiles([
      file('dot.png', 'image/png', png),
      file('notes.md', 'text/markdown', Buffer.from('# Notes')),
    ])
    await page.getByRole('button', { name: 'Remove notes.md' }).waitFor()
    await page.getByLabel('Message', { exact: true }).fill('What is this?')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('I see it.').waitFor(long)
    await page.locator('.message img').waitFor(long)
    expect(JSON.stringify(model.calls[0]?.prompt)).toContain('# Notes')
  })

  it('keeps a message that could not be sent, and starts one run when it is sent again', async () => {
    const { page, say, client, answerWith } = await openChat(['Hello!'])
    const mend = await answerWith(/\/runs$/, 'abort')
    await say('Hi there')
    await page.getByText('Not sent:').waitFor()
    await mend()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Hello!').waitFor(long)
    expect((await client.sessions.list().page()).items).toHaveLength(1)
    expect((await client.runs.list().page()).items).toHaveLength(1)
  })

  it('finds, renames and deletes a conversation, by keys where they help', async () => {
    const { page, client, go } = await openChat([])
    for (const title of ['Alpha', 'Beta'])
      await client.sessions.create({ agentId: 'support', title })
    await go('/chat')
    await page.getByRole('link', { name: 'Beta' }).waitFor()
    await page.locator('.composer textarea:focus').waitFor()
    await page.locator('main').focus()
    await page.keyboard.press('/')
    await page.locator('[type=search]:focus').waitFor()
    await page.keyboard.type('alp')
    await page.getByRole('link', { name: 'Beta' }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).searchParams.get('q')).toBe('alp')
    await page.getByRole('link', { name: 'Alpha' }).click()
    await page.getByRole('button', { name: 'Rename' }).click()
    await page.getByLabel('Title').fill('Alpha <b>2</b>')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Alpha <b>2</b>' }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('The conversation was deleted.').waitFor()
    expect((await client.sessions.list().page()).items.map(({ title }) => title)).toEqual(['Beta'])
  })

  it('lists thousands of conversations, of which only the visible ones are elements', async () => {
    const { page, client, go } = await openChat([])
    for (let at = 1; at <= 1_000; at++) {
      await client.sessions.create({ agentId: 'support', title: `Number ${at}` })
    }
    await go('/chat')
    await page.getByRole('link', { name: 'Number' }).first().waitFor()
    const table = page.locator('.sessions .table')
    await expect
      .poll(async () => {
        await table.evaluate((element) => element.scrollTo(0, element.scrollHeight))
        return page.locator('.sessions [role=table]').getAttribute('aria-rowcount')
      })
      .toBe('1001')
    expect(await page.locator('.sessions .row').count()).toBeLessThan(80)
  })

  it('shows hostile and huge answers as texts, with no violation of axe', async () => {
    const hostile = `<script>alert(1)</script> ![x](https://evil.test/a.png) [go](javascript:alert(1)) \u202edrawer\u202c\n${'word '.repeat(400_000)}`
    const { page, say, findAxeViolations } = await openChat([
      [{ reasoning: 'Because' }, toolCall('add', { a: 1, b: 1 })],
      hostile,
    ])
    await page.getByText('Ask Support').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await say('Go')
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor(long)
    await page.getByText('U+202E').first().waitFor(long)
    expect(await page.locator('main script, .message img').count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    expect(await findAxeViolations()).toEqual([])
  })

  it('works on a phone: the conversation, and the list behind a button', async () => {
    const { page, say, findAxeViolations } = await openChat(['Hello!'], {
      viewport: { width: 375, height: 720 },
    })
    await say('Hi')
    await page.getByText('Hello!').waitFor(long)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375)
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('button', { name: 'Conversations' }).click()
    await page.getByRole('link', { name: 'Hi' }).click()
    await page.getByText('Hello!').waitFor()
  })

  it('has a state for an unknown conversation and for one that cannot be read', async () => {
    const { page, go, answerWith } = await openChat([], { path: '/chat?session=unknown' })
    await page.getByText('It does not exist').waitFor()
    const error = { code: 'storage_error', message: 'The storage is not available' }
    const mend = await answerWith(/\/sessions\?/, { status: 503, body: JSON.stringify({ error }) })
    await go('/chat')
    await page.getByText('The storage is not available').waitFor()
    await mend()
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('No conversations yet').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})
