import type { Rule } from '../rule.ts'
import { allNullable } from './all-nullable.ts'
import { autovacuumDisabled } from './autovacuum-disabled.ts'
import { btreeOnContainer } from './btree-on-container.ts'
import { catalogBloat } from './catalog-bloat.ts'
import { charColumn } from './char-column.ts'
import { constraintNotEnforced } from './constraint-not-enforced.ts'
import { constraintNotValidated } from './constraint-not-validated.ts'
import { cyclicSequence } from './cyclic-sequence.ts'
import { deadRows } from './dead-rows.ts'
import { definerSearchPath } from './definer-search-path.ts'
import { definerView } from './definer-view.ts'
import { disabledTrigger } from './disabled-trigger.ts'
import { duplicateCheck } from './duplicate-check.ts'
import { duplicateForeignKey } from './duplicate-foreign-key.ts'
import { duplicateIndex } from './duplicate-index.ts'
import { exposedDefinerFunction } from './exposed-definer-function.ts'
import { exposedForeignTable } from './exposed-foreign-table.ts'
import { exposedMaterializedView } from './exposed-materialized-view.ts'
import { exposedSecret } from './exposed-secret.ts'
import { extensionInPublic } from './extension-in-public.ts'
import { fewColumns } from './few-columns.ts'
import { floatKey } from './float-key.ts'
import { foreignKeyType } from './foreign-key-type.ts'
import { impossibleAction } from './impossible-action.ts'
import { indexOnBoolean } from './index-on-boolean.ts'
import { invalidIndex } from './invalid-index.ts'
import { jsonColumn } from './json-column.ts'
import { keyOverflow } from './key-overflow.ts'
import { missingColumnComment } from './missing-column-comment.ts'
import { missingTableComment } from './missing-table-comment.ts'
import { moneyColumn } from './money-column.ts'
import { mutableSearchPath } from './mutable-search-path.ts'
import { naiveTimestamp } from './naive-timestamp.ts'
import { narrowForeignKey } from './narrow-foreign-key.ts'
import { neverAnalyzed } from './never-analyzed.ts'
import { neverVacuumed } from './never-vacuumed.ts'
import { noDefaultPartition } from './no-default-partition.ts'
import { noPartitions } from './no-partitions.ts'
import { noPrimaryKey } from './no-primary-key.ts'
import { nullableUnique } from './nullable-unique.ts'
import { outdatedExtension } from './outdated-extension.ts'
import { overlappingForeignKeys } from './overlapping-foreign-keys.ts'
import { overlappingPolicies } from './overlapping-policies.ts'
import { partitionMissingIndex } from './partition-missing-index.ts'
import { partlyNullForeignKey } from './partly-null-foreign-key.ts'
import { policiesWithoutRowSecurity } from './policies-without-row-security.ts'
import { policyAlwaysTrue } from './policy-always-true.ts'
import { policyCallPerRow } from './policy-call-per-row.ts'
import { quotedName } from './quoted-name.ts'
import { redundantIndex } from './redundant-index.ts'
import { redundantUnique } from './redundant-unique.ts'
import { reservedName } from './reserved-name.ts'
import { rewriteRule } from './rewrite-rule.ts'
import { rowSecurityDisabled } from './row-security-disabled.ts'
import { rowSecurityWithoutPolicy } from './row-security-without-policy.ts'
import { sequenceExhaustion } from './sequence-exhaustion.ts'
import { serialColumn } from './serial-column.ts'
import { smallKey } from './small-key.ts'
import { tableInheritance } from './table-inheritance.ts'
import { timetzColumn } from './timetz-column.ts'
import { truncatedName } from './truncated-name.ts'
import { unindexedForeignKey } from './unindexed-foreign-key.ts'
import { unlinkedTable } from './unlinked-table.ts'
import { unloggedTable } from './unlogged-table.ts'
import { unpopulatedView } from './unpopulated-view.ts'
import { unrefreshableView } from './unrefreshable-view.ts'
import { unusedIndex } from './unused-index.ts'
import { upgradeBlockingType } from './upgrade-blocking-type.ts'
import { varcharLimit } from './varchar-limit.ts'
import { wideSequence } from './wide-sequence.ts'
import { wraparound } from './wraparound.ts'

/** Every rule, sorted by id. */
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
