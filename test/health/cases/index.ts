import type { RuleCase } from './case.ts'
import { columnCases } from './columns.ts'
import { indexCases } from './indexes.ts'
import { keyCases } from './keys.ts'
import { operationCases } from './operations.ts'
import { securityCases } from './security.ts'
import { tableCases } from './tables.ts'

/** The cases of each topic; a topic is a folder below `src/health/rules/`. */
export const casesByTopic: Readonly<Record<string, readonly RuleCase[]>> = {
  columns: columnCases,
  indexes: indexCases,
  keys: keyCases,
  operations: operationCases,
  security: securityCases,
  tables: tableCases,
}
