import { expect, it } from 'vitest'
import { type FixEffect, toFixEffect } from '../../src/health/kit/fix-effect.ts'
import { lintCatalog } from '../../src/health/run-rules.ts'
import { rules } from '../../src/health/rules/index.ts'
import { withPostgres } from '../support/postgres.ts'
import { createCases, inspectCases } from './cases/database.ts'

/** The statements of rules that need counters or extensions, which no case has. */
const otherFixes: Readonly<Record<string, string>> = {
  'catalog-bloat': 'VACUUM pg_catalog.pg_attribute;',
  'dead-rows': 'VACUUM (ANALYZE) public.t;',
  'never-analyzed': 'ANALYZE public.t;',
  'never-vacuumed': 'VACUUM public.t;',
  'outdated-extension': 'ALTER EXTENSION citext UPDATE;',
  'unused-index': 'DROP INDEX CONCURRENTLY public.i;',
  wraparound: 'VACUUM (FREEZE);',
}

const { createDatabase } = withPostgres()

const show = ({ lock, rewrites }: FixEffect) =>
  rewrites === null ? 'that of the extension' : `${lock ?? 'none'}${rewrites ? ', rewrites' : ''}`

it('docs/reference/schema-health-rules.md lists every rule with its preset and the locks of its fixes', async () => {
  const { sql } = await createDatabase({ max: 1, onnotice: () => undefined })
  await createCases(sql)
  const { issues } = lintCatalog(await inspectCases(sql), { preset: 'all' })
  const effects = new Map<string, Set<string>>()
  for (const { rule, effect } of issues) {
    if (effect) effects.set(rule, (effects.get(rule) ?? new Set()).add(show(effect)))
  }
  for (const [rule, fix] of Object.entries(otherFixes)) {
    effects.set(rule, new Set([show(toFixEffect(fix))]))
  }
  const rows = rules.map(({ id, isDefault, severity, title }) => {
    const locks = [...(effects.get(id) ?? [])].sort().join(' or ')
    return `| \`${id}\` | ${isDefault ? 'essential' : 'all'} | ${severity} | ${title} | ${locks || 'advice in words'} |`
  })
  await expect(`${head}${rows.join('\n')}\n`).toMatchFileSnapshot(
    '../../docs/reference/schema-health-rules.md',
  )
})

const head = `# Rules of schema health

The ${rules.length} rules of [schema health](../guides/schema-health.md). The preset \`essential\`, the default, runs the rules about what costs data, time or
safety. The preset \`all\` adds those about conventions. Choose it with \`schemaHealth.preset\` of the project, \`?preset=all\` of
\`/ai/schema/health\` and \`/ai/schema/issues\`, or \`fetch-studio check --preset all\`.

The last column is the strongest lock that \`fix_sql\` takes, and whether it rewrites a table: \`fix_lock\` and \`fix_rewrites\` of an issue
say it for its own statements. "Advice in words" means that no statement is right for every database. PostgreSQL's manual lists
[which locks exclude each other](https://www.postgresql.org/docs/current/explicit-locking.html).

| rule | preset | severity | finds | lock of \`fix_sql\` |
| --- | --- | --- | --- | --- |
`
