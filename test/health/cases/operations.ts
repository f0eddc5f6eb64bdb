import type { RuleCase } from './case.ts'

/** A case for each rule of `rules/operations` that needs no counters; `counters.test.ts` tests the others. */
export const operationCases: readonly RuleCase[] = [
  {
    rule: 'autovacuum-disabled',
    defect: `create table items (id int primary key) with (autovacuum_enabled = off);`,
    clean: `create table items (id int primary key) with (fillfactor = 70, autovacuum_enabled = on);`,
    finds: ['items'],
  },
]
