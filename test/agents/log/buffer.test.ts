import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogBuffer, type LogLine } from '../../../src/agents/log/buffer.ts'
import type { LogEntry } from '../../../src/records/run.ts'

const start = { nextSeq: 0, takeoverSeq: null }

const toLine = (id: string): LogLine => ({ type: id, body: `{"id":"${id}"` })
const toTypes = (entries: readonly LogEntry[]) => entries.map(({ type }) => type)

function createBuffer(limits = { maxUnstored: 100, maxStored: 100 }) {
  const buffer = createLogBuffer(start, limits)
  const append = (id: string) => buffer.append(id, toLine(id).body)
  const hide = (id: string) => buffer.hide([toLine(id)])
  const startCommit = (...ids: string[]) => toTypes(buffer.startCommit(ids.map(toLine)))
  return { buffer, append, hide, startCommit, visible: () => toTypes(buffer.entries) }
}

describe('LogBuffer', () => {
  it('append makes a line visible at once and a commit stores it', () => {
    const { buffer, append, startCommit, visible } = createBuffer()
    expect(append('a')).toBe(true)
    expect([visible(), buffer.unstored()]).toEqual([['a'], 1])
    expect(startCommit()).toEqual(['a'])
    expect(buffer.commitSucceeded()).toBe(false)
    expect([visible(), buffer.unstored()]).toEqual([['a'], 0])
  })

  it('numbers lines from the nextSeq of the run and adds the number to their JSON', () => {
    const buffer = createLogBuffer({ nextSeq: 7, takeoverSeq: 3 })
    buffer.append('a', '{"id":"a"')
    expect(buffer.entries).toEqual([{ seq: 7, type: 'a', json: '{"id":"a","seq":7}' }])
    expect(buffer.takeoverSeq).toBe(3)
  })

  it('hide keeps a line, and every later one, invisible until a commit has stored it', () => {
    const { buffer, append, hide, startCommit, visible } = createBuffer()
    hide('a')
    expect(append('b')).toBe(false)
    expect(startCommit('c')).toEqual(['a', 'b', 'c'])
    expect(visible()).toEqual([])
    expect(buffer.commitSucceeded()).toBe(true)
    expect(visible()).toEqual(['a', 'b', 'c'])
  })

  it('shows lines that were appended during a commit after the lines of that commit', () => {
    const { buffer, append, hide, startCommit, visible } = createBuffer()
    startCommit('a')
    append('b')
    hide('c')
    append('d')
    expect(visible()).toEqual([])
    buffer.commitSucceeded()
    expect([visible(), buffer.unstored()]).toEqual([['a', 'b'], 1])
    expect(startCommit()).toEqual(['b', 'c', 'd'])
  })

  it('a refused commit gives its numbers back and drops only the lines passed to it', () => {
    const { buffer, append, hide, startCommit, visible } = createBuffer()
    append('a')
    hide('b')
    startCommit('passed')
    append('c')
    buffer.commitRefused()
    expect(visible()).toEqual(['a'])
    const entries = buffer.startCommit([])
    expect(entries.map(({ seq, type }) => [seq, type])).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ])
  })

  it('hides lines while maxUnstored visible ones are not stored, also after a slow commit', () => {
    const { buffer, append, startCommit } = createBuffer({ maxUnstored: 2, maxStored: 100 })
    expect(['a', 'b', 'c'].map(append)).toEqual([true, true, false])
    startCommit()
    for (const id of ['d', 'e', 'f']) append(id)
    buffer.commitSucceeded()
    expect(buffer.unstored()).toBe(2)
    expect(startCommit()).toEqual(['d', 'e', 'f'])
  })

  it('drops stored entries once there are maxStored of them', () => {
    const { buffer, append, startCommit, visible } = createBuffer({ maxUnstored: 9, maxStored: 2 })
    append('a')
    append('b')
    startCommit()
    append('c')
    buffer.commitSucceeded()
    expect([visible(), buffer.stored, buffer.unstored()]).toEqual([['c'], 0, 1])
  })
})

type Operation = 'append' | 'hide' | 'start' | 'start with lines' | 'succeed' | 'refuse'

/** Applies operations to a buffer and to a plain list of all lines, and compares the two after each operation. */
function checkOperations(operations: readonly Operation[]): void {
  const limits = { maxUnstored: 4, maxStored: 3 }
  const { buffer, append, hide, startCommit } = createBuffer(limits)
  const log: string[] = []
  const stored: string[] = []
  let commit: { readonly types: string[]; readonly passed: readonly string[] } | null = null

  const check = () => {
    const first = buffer.entries[0]?.seq ?? stored.length
    const visible = toTypes(buffer.entries)
    expect(buffer.entries.map(({ seq }) => seq)).toEqual(visible.map((_, index) => first + index))
    expect(visible).toEqual(log.slice(first, first + visible.length))
    expect(first + buffer.stored).toBe(stored.length)
    expect(visible.slice(buffer.stored).filter((id) => id.startsWith('hidden'))).toEqual([])
    expect(buffer.unstored()).toBeLessThanOrEqual(limits.maxUnstored)
    expect(buffer.stored).toBeLessThan(limits.maxStored)
    for (const { seq, type, json } of buffer.entries) {
      expect(JSON.parse(json)).toEqual({ id: type, seq })
    }
  }
  const begin = (passed: readonly string[]) => {
    if (commit) return
    log.push(...passed)
    commit = { types: startCommit(...passed), passed }
    expect(commit.types).toEqual(log.slice(stored.length))
  }
  const end = (succeeds: boolean) => {
    if (!commit) return
    const { types, passed } = commit
    commit = null
    if (succeeds) {
      buffer.commitSucceeded()
      stored.push(...types)
    } else {
      buffer.commitRefused()
      for (const id of passed) log.splice(log.indexOf(id), 1)
    }
  }
  operations.forEach((operation, index) => {
    if (operation === 'append') {
      log.push(`shown ${index}`)
      append(`shown ${index}`)
    } else if (operation === 'hide') {
      log.push(`hidden ${index}`)
      hide(`hidden ${index}`)
    } else if (operation === 'start') begin([])
    else if (operation === 'start with lines') begin([`hidden ${index}`, `hidden ${index} too`])
    else end(operation === 'succeed')
    check()
  })
  end(true)
  begin([])
  end(true)
  expect(stored).toEqual(log)
}

it('LogBuffer keeps every line once, in order and without gaps, under random operations', () => {
  const seed = Date.now() % 0x7fff_ffff
  console.info(`seed of the random operations: ${seed}`)
  const operation = fc.constantFrom<Operation>(
    ...(['append', 'append', 'append', 'hide'] as const),
    ...(['start', 'start with lines', 'succeed', 'succeed', 'refuse'] as const),
  )
  fc.assert(fc.property(fc.array(operation, { maxLength: 60 }), checkOperations), {
    seed,
    numRuns: 500,
  })
})
