import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { rules } from '../../src/health/rules/index.ts'

const guide = readFileSync(new URL('../../docs/guides/schema-health.md', import.meta.url), 'utf8')

describe('the rules', () => {
  it('are at least forty, each with an id of its own, and sorted', () => {
    const ids = rules.map(({ id }) => id)
    expect(ids.length).toBeGreaterThanOrEqual(40)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(ids)
  })

  it('are all in the guide, as they are', () => {
    const rows = rules.map(
      ({ id, severity, title, isDefault }) =>
        `| \`${id}\` | ${severity} | ${title}${isDefault ? '' : ' (off by default)'} |`,
    )
    const table = guide.split('\n').flatMap((line) => {
      const cells = line.split('|').map((cell) => cell.trim())
      return cells[1]?.startsWith('`') ? [`| ${cells.slice(1, 4).join(' | ')} |`] : []
    })
    expect(table).toEqual(rows)
  })
})
