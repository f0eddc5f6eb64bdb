import { onTestFinished, beforeEach, describe, expect, it } from 'vitest'
import { serve } from '../../src/adapters/node.ts'
import { runCli } from '../support/cli.ts'
import { createFolder, createPatchStudio, type TestFolder } from '../support/workspace.ts'

const escape = '\u001b'
const hostile = `red ${escape}[31m${escape}]0;title\u0007 \u202eturned\u202c \u009b2J\r`

let folder: TestFolder
let env: Record<string, string> = {}
let propose: (text: string, path?: string) => Promise<{ id: string; digest: string }>

beforeEach(async () => {
  folder = await createFolder({ 'src/a.ts': 'one\ntwo\nthree\nfour\n' })
  const { studio } = await createPatchStudio(folder, { auth: { token: 'secret' } })
  const { url, close } = await serve(studio, { port: 0, log: false, handleSignals: false })
  onTestFinished(close)
  env = { STUDIO_URL: url, STUDIO_TOKEN: 'secret' }
  propose = async (text, path = 'src/a.ts') => {
    const response = await studio.fetch(
      new Request('http://localhost/ai/patch/preview', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer secret' },
        body: JSON.stringify({
          operations: [{ type: 'modify_file', path, text }],
          reason: `Because\n${hostile}`,
        }),
      }),
    )
    const { change_set } = (await response.json()) as {
      change_set: { id: string; digest: string }
    }
    return change_set
  }
})

const run = (args: string[], terminal: Parameters<typeof runCli>[2] = {}) =>
  runCli(['change', ...args], env, terminal)
const answering = (answer: string) => {
  const questions: string[] = []
  const ask = async (question: string) => {
    questions.push(question)
    return answer
  }
  return { questions, ask }
}

describe('fetch-studio change', () => {
  it('lists, shows, approves, applies and rolls back a change set', async () => {
    const { id, digest } = await propose('one\n')
    const list = await run(['list'])
    expect(list).toMatchObject({ code: 0, printed: expect.stringContaining(id) })
    const shown = await run(['show', id])
    expect(shown.code).toBe(0)
    const order = [
      'Takes away',
      'Reason',
      'Asked by',
      'Expires',
      digest,
      '--- a/src/a.ts',
      'History',
    ]
    const places = order.map((text) => shown.printed.indexOf(text))
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(places[0]).toBeGreaterThan(0)
    expect(await run(['approve', id, '--yes', '--reason', 'fine'])).toMatchObject({ code: 0 })
    expect(await run(['apply', id, '--yes', '--digest', digest])).toMatchObject({
      code: 0,
      printed: expect.stringContaining(`${id} is applied, digest ${digest}`),
    })
    expect(await folder.read('src/a.ts')).toBe('one\n')
    expect(await run(['rollback', id, '--yes'])).toMatchObject({ code: 0 })
    expect(await folder.read('src/a.ts')).toBe('one\ntwo\nthree\nfour\n')
  })

  it('rejects with a reason, and lists by status over pages', async () => {
    const { id } = await propose('new\n')
    expect(await run(['reject', id, '--reason', 'not now'])).toMatchObject({ code: 0 })
    expect((await run(['list', '--status', 'rejected'])).printed).toContain(id)
    expect((await run(['list', '--status', 'pending'])).printed).toBe('No change sets')
    expect((await run(['show', id])).printed).toContain('not now')
    await propose('other\n')
    const { printed } = await run(['list', '--limit', '1', '--json'])
    const { changes, next_cursor: cursor } = JSON.parse(printed) as {
      changes: { id: string }[]
      next_cursor: string
    }
    const { printed: rest } = await run(['list', '--cursor', cursor, '--json'])
    const all = [...changes, ...(JSON.parse(rest) as { changes: { id: string }[] }).changes]
    expect(new Set(all.map((one) => one.id)).size).toBe(2)
  })

  it('sends no escape of a file or a reason to the terminal, with and without colors', async () => {
    const { id } = await propose(`one\n${hostile}\n`)
    const obeyed = /(?![\t\n])[\p{Cc}\p{Cf}]/u
    for (const action of ['show', 'diff', 'list']) {
      const args = action === 'list' ? ['list'] : [action, id]
      const plain = await run(args)
      expect(plain.printed).not.toMatch(obeyed)
      expect(plain.printed).not.toContain(escape)
      expect(plain.printed).toContain('<U+001B>[31m')
      expect(plain.printed).toContain('<U+202E>turned')
      const { printed } = await run(args, { hasColors: true })
      expect(printed.replace(new RegExp(`${escape}\\[\\d+m`, 'g'), '')).toBe(plain.printed)
      const json = await run([...args, '--json'])
      expect(json.printed).not.toMatch(obeyed)
      expect(json.printed).not.toContain(escape)
    }
    const json = JSON.parse((await run(['show', id, '--json'])).printed) as {
      files: { content: string }[]
    }
    expect(json.files[0]?.content).toBe(`one\n${hostile}\n`)
  })

  it('a reason with line ends begins no line that looks like one of the program', async () => {
    const { id } = await propose('new\n')
    expect((await run(['show', id])).printed).toMatch(/^Reason {4}Because\n {10}red/m)
  })
})

describe('fetch-studio change apply', () => {
  it('asks on a terminal with the digest, and does nothing unless the answer is yes', async () => {
    const { id, digest } = await propose('new\n')
    await run(['approve', id, '--yes'])
    for (const answer of ['', 'n', 'no', 'yeah']) {
      const { ask, questions } = answering(answer)
      const outcome = await run(['apply', id], { ask })
      expect(outcome).toMatchObject({ code: 4, printed: expect.stringContaining('Nothing') })
      expect(questions).toEqual([expect.stringContaining(`digest ${digest}? y/N`)])
    }
    expect(await folder.read('src/a.ts')).toContain('one')
    expect(await run(['apply', id], answering('y'))).toMatchObject({ code: 0 })
    expect(await folder.read('src/a.ts')).toBe('new\n')
  })

  it.each(['apply', 'approve', 'rollback'])('%s needs --yes without a terminal', async (action) => {
    const { id } = await propose('new\n')
    expect(await run([action, id])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--yes'),
    })
    expect(await run([action, id, '--json'], answering('y'))).toMatchObject({ code: 2 })
    expect((await run(['show', id])).printed).toContain('pending')
  })

  it('exits with 3 and says what to do when the state does not allow it', async () => {
    const { id } = await propose('new\n')
    const refused = await run(['apply', id, '--yes'])
    expect(refused).toMatchObject({ code: 3, errors: expect.stringContaining('change approve') })
    const other = await run(['approve', id, '--yes', '--digest', '0'.repeat(64)])
    expect(other).toMatchObject({ code: 3, errors: expect.stringContaining('digest') })
    await run(['approve', id, '--yes'])
    await folder.write('src/a.ts', 'edited\n')
    expect(await run(['apply', id, '--yes'])).toMatchObject({
      code: 3,
      errors: expect.stringContaining('Preview'),
    })
    expect(await folder.read('src/a.ts')).toBe('edited\n')
    expect(await run(['rollback', id, '--yes'])).toMatchObject({ code: 3 })
  })
})

describe('the failures of fetch-studio change', () => {
  it.each([
    [['fly'], 'no action "fly"'],
    [['toString', 'x'], 'no action "toString"'],
    [['list', 'x'], 'takes no id'],
    [['show'], 'change show needs <id>'],
    [['list', '--limit', '0'], '--limit must be from 1 to 100'],
    [['apply', 'x', '--yes', '--digest', 'abc'], '--digest must be 64 hex digits'],
    [['list', '--studio', 'postgres://ada:hunter2@db/x'], 'not a database'],
  ])('%j exits with 2', async (args, message) => {
    const { code, errors } = await run(args)
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining(message) })
    expect(errors).not.toContain('hunter2')
  })

  it('exits with 2 without a Studio', async () => {
    expect(await runCli(['change', 'list'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('STUDIO_URL'),
    })
  })

  it('exits with 1 for an unknown id, a wrong status, no token, and a Studio that is away', async () => {
    expect(await run(['show', 'nope'])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('Change set not found'),
    })
    expect(await run(['list', '--status', 'nope'])).toMatchObject({ code: 1 })
    const { STUDIO_URL: url = '' } = env
    const unnamed = await runCli(['change', 'list'], { STUDIO_URL: url })
    expect(unnamed).toMatchObject({ code: 1, errors: expect.stringMatching(/token|auth/i) })
    const away = await runCli(['change', 'list', '--studio', 'http://127.0.0.1:1'])
    expect(away).toMatchObject({ code: 1, errors: expect.stringContaining('Could not reach') })
  })

  it('says that a Studio may serve no change sets', async () => {
    const { studio } = await createPatchStudio(folder, { allow: [] })
    const { url, close } = await serve(studio, { port: 0, log: false, handleSignals: false })
    onTestFinished(close)
    expect(await runCli(['change', 'list', '--studio', url])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('may not serve change sets'),
    })
  })
})
