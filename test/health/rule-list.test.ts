import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Rule } from '../../src/health/kit/rule.ts'
import { rules } from '../../src/health/rules/index.ts'
import { casesByTopic } from './cases/index.ts'

const folder = join(import.meta.dirname, '../../src/health/rules')

/** Every rule file as its topic, its id and the rules that it exports. */
const files = await Promise.all(
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: topic }) =>
      readdirSync(join(folder, topic)).map(async (file) => {
        const exported = (await import(join(folder, topic, file))) as Record<string, Rule>
        return { topic, id: file.replace(/\.ts$/, ''), exported: Object.values(exported) }
      }),
    ),
)

/** Rules that need counters or extensions, which a schema alone cannot provide. */
const testedElsewhere: Readonly<Record<string, readonly string[]>> = {
  'counters.test.ts': [
    'catalog-bloat',
    'dead-rows',
    'never-analyzed',
    'never-vacuumed',
    'unused-index',
    'wraparound',
  ],
  'extensions.test.ts': ['extension-in-public', 'outdated-extension'],
}

describe('the list of rules', () => {
  it('the list of rules holds every file below rules/ and nothing else', () => {
    const exported = files.flatMap((file) => file.exported)
    expect(new Set(rules)).toEqual(new Set(exported))
    expect(rules).toHaveLength(files.length)
  })

  it('each rule file exports one rule, whose id is the name of the file', () => {
    const wrong = files.filter(
      ({ id, exported }) => exported.length !== 1 || exported[0]?.id !== id,
    )
    expect(wrong).toEqual([])
  })

  it('the list of rules is sorted by id and has no duplicates', () => {
    const ids = rules.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)].sort())
  })

  it('each rule has one case in the file of its topic, or a test that a schema cannot replace', () => {
    const tested = [
      ...Object.entries(casesByTopic).flatMap(([topic, cases]) =>
        cases.map(({ rule }) => `${topic}/${rule}`),
      ),
      ...files
        .filter(({ id }) => Object.values(testedElsewhere).flat().includes(id))
        .map(({ topic, id }) => `${topic}/${id}`),
    ]
    expect(tested.sort()).toEqual(files.map(({ topic, id }) => `${topic}/${id}`).sort())
  })

  it.each(Object.entries(testedElsewhere))('%s names each rule that it tests', (file, ids) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8')
    expect(ids.filter((id) => !text.includes(`'${id}'`))).toEqual([])
  })
})
