import type { Rule } from '../kit/rule.ts'
import { allNullable } from './columns/all-nullable.ts'
import { autovacuumDisabled } from './operations/autovacuum-disabled.ts'
import { btreeOnContainer } from './indexes/btree-on-container.ts'
import { catalogBloat } from './operations/catalog-bloat.ts'
import { charColumn } from './columns/char-column.ts'
import { constraintNotEnforced } from './keys/constraint-not-enforced.ts'
import { constraintNotValidated } from './keys/constraint-not-validated.ts'
import { cyclicSequence } from './keys/cyclic-sequence.ts'
import { deadRows } from './operations/dead-rows.ts'
import { definerSearchPath } from './security/definer-search-path.ts'
import { definerView } from './security/definer-view.ts'
import { disabledTrigger } from './tables/disabled-trigger.ts'
import { duplicateCheck } from './keys/duplicate-check.ts'
import { duplicateForeignKey } from './keys/duplicate-foreign-key.ts'
import { duplicateIndex } from './indexes/duplicate-index.ts'
import { exposedDefinerFunction } from './security/exposed-definer-function.ts'
import { exposedForeignTable } from './security/exposed-foreign-table.ts'
import { exposedMaterializedView } from './security/exposed-materialized-view.ts'
import { exposedSecret } from './security/exposed-secret.ts'
import { extensionInPublic } from './tables/extension-in-public.ts'
import { fewColumns } from './tables/few-columns.ts'
import { floatKey } from './columns/float-key.ts'
import { foreignKeyType } from './keys/foreign-key-type.ts'
import { impossibleAction } from './keys/impossible-action.ts'
import { indexOnBoolean } from './indexes/index-on-boolean.ts'
import { invalidIndex } from './indexes/invalid-index.ts'
import { jsonColumn } from './columns/json-column.ts'
import { keyOverflow } from './keys/key-overflow.ts'
import { missingColumnComment } from './columns/missing-column-comment.ts'
import { missingTableComment } from './tables/missing-table-comment.ts'
import { moneyColumn } from './columns/money-column.ts'
import { mutableSearchPath } from './security/mutable-search-path.ts'
import { naiveTimestamp } from './columns/naive-timestamp.ts'
import { narrowForeignKey } from './keys/narrow-foreign-key.ts'
import { neverAnalyzed } from './operations/never-analyzed.ts'
import { neverVacuumed } from './operations/never-vacuumed.ts'
import { noDefaultPartition } from './tables/no-default-partition.ts'
import { noPartitions } from './tables/no-partitions.ts'
import { noPrimaryKey } from './keys/no-primary-key.ts'
import { nullableUnique } from './indexes/nullable-unique.ts'
import { outdatedExtension } from './operations/outdated-extension.ts'
import { overlappingForeignKeys } from './keys/overlapping-foreign-keys.ts'
import { overlappingPolicies } from './security/overlapping-policies.ts'
import { partitionMissingIndex } from './indexes/partition-missing-index.ts'
import { partlyNullForeignKey } from './keys/partly-null-foreign-key.ts'
import { policiesWithoutRowSecurity } from './security/policies-without-row-security.ts'
import { policyAlwaysTrue } from './security/policy-always-true.ts'
import { policyCallPerRow } from './security/policy-call-per-row.ts'
import { quotedName } from './tables/quoted-name.ts'
import { redundantIndex } from './indexes/redundant-index.ts'
import { redundantUnique } from './indexes/redundant-unique.ts'
import { reservedName } from './tables/reserved-name.ts'
import { rewriteRule } from './tables/rewrite-rule.ts'
import { rowSecurityDisabled } from './security/row-security-disabled.ts'
import { rowSecurityWithoutPolicy } from './security/row-security-without-policy.ts'
import { sequenceExhaustion } from './keys/sequence-exhaustion.ts'
import { serialColumn } from './keys/serial-column.ts'
import { smallKey } from './keys/small-key.ts'
import { tableInheritance } from './tables/table-inheritance.ts'
import { timetzColumn } from './columns/timetz-column.ts'
import { truncatedName } from './tables/truncated-name.ts'
import { unindexedForeignKey } from './keys/unindexed-foreign-key.ts'
import { unlinkedTable } from './tables/unlinked-table.ts'
import { unloggedTable } from './tables/unlogged-table.ts'
import { unpopulatedView } from './tables/unpopulated-view.ts'
import { unrefreshableView } from './tables/unrefreshable-view.ts'
import { unusedIndex } from './indexes/unused-index.ts'
import { upgradeBlockingType } from './columns/upgrade-blocking-type.ts'
import { varcharLimit } from './columns/varchar-limit.ts'
import { wideSequence } from './keys/wide-sequence.ts'
import { wraparound } from './operations/wraparound.ts'

/** Every rule, sorted by id. `test/health/rule-list.test.ts` checks that no file is missing. */
export const rules: readonly Rule[] = [
  allNullable,
  autovacuumDisabled,
  btreeOnContainer,
  catalogBloat,
  charColumn,
  constraintNotEnforced,
  constraintNotValidated,
  cyclicSequence,
  deadRows,
  definerSearchPath,
  definerView,
  disabledTrigger,
  duplicateCheck,
  duplicateForeignKey,
  duplicateIndex,
  exposedDefinerFunction,
  exposedForeignTable,
  exposedMaterializedView,
  exposedSecret,
  extensionInPublic,
  fewColumns,
  floatKey,
  foreignKeyType,
  impossibleAction,
  indexOnBoolean,
  invalidIndex,
  jsonColumn,
  keyOverflow,
  missingColumnComment,
  missingTableComment,
  moneyColumn,
  mutableSearchPath,
  naiveTimestamp,
  narrowForeignKey,
  neverAnalyzed,
  neverVacuumed,
  noDefaultPartition,
  noPartitions,
  noPrimaryKey,
  nullableUnique,
  outdatedExtension,
  overlappingForeignKeys,
  overlappingPolicies,
  partitionMissingIndex,
  partlyNullForeignKey,
  policiesWithoutRowSecurity,
  policyAlwaysTrue,
  policyCallPerRow,
  quotedName,
  redundantIndex,
  redundantUnique,
  reservedName,
  rewriteRule,
  rowSecurityDisabled,
  rowSecurityWithoutPolicy,
  sequenceExhaustion,
  serialColumn,
  smallKey,
  tableInheritance,
  timetzColumn,
  truncatedName,
  unindexedForeignKey,
  unlinkedTable,
  unloggedTable,
  unpopulatedView,
  unrefreshableView,
  unusedIndex,
  upgradeBlockingType,
  varcharLimit,
  wideSequence,
  wraparound,
]
