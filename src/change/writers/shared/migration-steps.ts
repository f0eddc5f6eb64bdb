import { compareText } from '../../../lib/text.ts'
import { toPlainSql } from '../../ddl/plain-form.ts'
import type { NewMigration } from '../migration-writer.ts'
import { continueNumbers } from './numbers.ts'

/** Why nothing is written, in one sentence. */
export interface Unsupported {
  readonly unsupported: string
}

/** One migration of the tool: a part, under a name of its own. */
export interface Step {
  /** The name without an extension, such as `0003_add_phone`. */
  readonly name: string
  /** Its digits, such as `0003`. */
  readonly number: string
  readonly title: string
  readonly isTransaction: boolean
  readonly up: readonly string[]
  /** What takes it back; empty when nothing has to be done, null when it is not possible. */
  readonly down: readonly string[] | null
}

/** How a tool names its migrations. */
export interface Naming {
  /** The names that exist, each beginning with its number. */
  readonly names: readonly string[]
  /** The width of the first number, where none exists. */
  readonly width: number
  /** What stands between the number and the title, where no name exists. @default '_' */
  readonly separator?: string
  /** The order of names. @default by code units */
  readonly compare?: (a: string, b: string) => number
}

/**
 * Divides a migration into the steps of a tool, each with a name after all that exist, in the style of the newest one.
 *
 * @throws TypeError if the parts that take it back do not belong to its parts.
 */
export function toMigrationSteps(
  migration: NewMigration,
  naming: Naming,
): readonly Step[] | Unsupported {
  const { names, separator: usual = '_', compare = compareText } = naming
  const { up, now } = migration
  const ordered = [...names].sort(compare)
  const newest = ordered.at(-1)
  const match = /^(\d+)([^\dA-Za-z]*)(.*)$/s.exec(newest ?? `0${usual}`)
  if (!match || /^\d{4}-\d\d-\d\d/.test(newest ?? '')) {
    return { unsupported: `No number follows the newest migration, ${newest}.` }
  }
  const [, , separator = usual, rest = ''] = match
  const existing = names.flatMap((name) => /^\d+/.exec(name)?.[0] ?? [])
  const numbers = continueNumbers({ existing, width: naming.width, now, count: up.length })
  const joint = rest.includes('-') && !rest.includes('_') ? '-' : '_'
  const steps = toParts(migration).map((part, index): Step => {
    const number = numbers[index] ?? ''
    const title = part.title.replaceAll('_', joint)
    return { ...part, title, number, name: `${number}${separator || usual}${title}` }
  })
  const [first] = steps
  if (newest !== undefined && first && compare(first.name, newest) <= 0) {
    return { unsupported: `A new migration would not sort after the newest one, ${newest}.` }
  }
  return steps
}

/** Joins all steps into one under the name of the first, for tools that run everything in one transaction anyway. */
export function joinSteps(steps: readonly Step[], title: string): readonly Step[] {
  const [first] = steps
  if (!first || steps.length === 1) return steps
  const isIrreversible = steps.some(({ down }) => down === null)
  const name = first.name.slice(0, first.name.length - first.title.length)
  const joint = first.title.includes('-') ? '-' : '_'
  const words = title.replaceAll('_', joint)
  return [
    {
      ...first,
      title: words,
      name: name + words,
      isTransaction: true,
      up: uniteSql(steps.map(({ up }) => up)),
      down: isIrreversible ? null : uniteSql(steps.toReversed().map(({ down }) => down ?? [])),
    },
  ]
}

// the limit of the first statement holds until the end of the transaction
function uniteSql(lists: readonly (readonly string[])[]): string[] {
  const all = lists.flat()
  return all.filter((sql, index) => !sql.startsWith('SET LOCAL ') || all.indexOf(sql) === index)
}

/** Replaces the form that runs outside of a transaction by the one that runs inside, with the same result. */
export function withoutConcurrently(steps: readonly Step[]): readonly Step[] {
  return steps.map((step) =>
    step.isTransaction
      ? step
      : {
          ...step,
          isTransaction: true,
          up: [lockTimeout, ...step.up.map(toPlainSql)],
          down:
            step.down && (step.down.length > 0 ? [lockTimeout, ...step.down.map(toPlainSql)] : []),
        },
  )
}

/** Returns the SQL of steps as it is written, for `WrittenMigration.plain`. */
export function toWrittenParts(steps: readonly Step[]): Pick<NewMigration, 'up' | 'down'> {
  const isReversible = steps.every(({ down }) => down !== null)
  return {
    up: steps.map(({ isTransaction, up }) => ({ isTransaction, sql: up })),
    down: isReversible
      ? steps.toReversed().map(({ isTransaction, down }) => ({ isTransaction, sql: down ?? [] }))
      : null,
  }
}

const lockTimeout = "SET LOCAL lock_timeout = '5s';"

/** Returns true if a line of the SQL matches, which a tool would take for its own. */
export function hasLine(steps: readonly Step[], pattern: RegExp): boolean {
  return steps.some(({ up, down }) => [...up, ...(down ?? [])].some((sql) => pattern.test(sql)))
}

/** SQL that fails, for tools that take every way back for possible. */
export const refuseDown = "DO $$ BEGIN RAISE EXCEPTION 'This migration cannot be undone'; END $$;"

type Part = Omit<Step, 'name' | 'number'>

function toParts({ up, down, title }: NewMigration): Part[] {
  if (down && down.length !== up.length) {
    throw new TypeError('Each part of a migration needs the part that takes it back')
  }
  return up.map(({ isTransaction, sql }, index) => ({
    title: up.length === 1 ? title : `${title}_${index + 1}`,
    isTransaction,
    up: sql,
    down: down ? (down[up.length - 1 - index]?.sql ?? []) : null,
  }))
}
