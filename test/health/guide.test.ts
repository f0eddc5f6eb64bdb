import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { rules } from '../../src/health/rules/index.ts'

const guide = readFileSync(new URL('../../docs/guides/schema-health.md', import.meta.url), 'utf8')

it('the guide lists every rule with its severity, its title and whether it is off by default', () => {
  const expected = rules.map(
    ({ id, severity, title, isDefault }) =>
      `| \`${id}\` | ${severity} | ${title}${isDefault ? '' : ' (off by default)'} |`,
  )
  const rows = guide.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    return cells[1]?.startsWith('`') ? [`| ${cells.slice(1, 4).join(' | ')} |`] : []
  })
  expect(rows).toEqual(expected)
})
