import { describe, expect, it } from 'vitest'
import { withPostgres } from '../support/postgres.ts'
import { examine } from './examine.ts'
import { npmSchemas } from './npm-schemas.ts'
import { toReport } from './report.ts'

const short = npmSchemas.filter(({ name }) => ['graphile-worker', 'medusa-pricing'].includes(name))

describe('rules and fixes on real schemas', () => {
  const postgres = withPostgres()

  it.each(short)(
    'every finding in $name is true and complete, and every fix mends its issue and nothing else',
    async (schema) => {
      const examined = await examine(postgres.server(), schema)
      expect(examined.issues.length).toBeGreaterThan(20)
      expect(examined.asked.size).toBeGreaterThan(40)
      expect(toReport([examined]).faults).toEqual([])
    },
    120_000,
  )
})
