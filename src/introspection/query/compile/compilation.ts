import { badRequest } from '../../../errors.ts'
import type { SchemaFault } from '../../../lib/standard-schema.ts'
import type { PlannedModel, QueryWorld } from '../world.ts'

/** Most tables that one plan may join, besides that of its model. A many-to-many relation counts twice. */
const maxJoins = 8

/** Most faults that an error lists, and that its message spells out. */
const shown = { listed: 100, told: 5 }

/** What the parts of one statement share while a plan is compiled. */
export interface Compilation {
  readonly world: QueryWorld
  /** The values of the placeholders. */
  readonly values: readonly string[]
  /** Starts every name that the statement makes up, and no column of the model. */
  readonly prefix: string
  /** Adds a value and returns its placeholder. */
  parameter(value: string): string
  /** Returns a number that no other table of the statement has. */
  nextTable(): number
  /** Counts joined tables; a plan with too many has a fault at `path`. */
  join(tables: number, path: string): void
  /** Adds a fault of the plan. Compiling goes on, so that all of them are found. */
  fault(path: string, message: string): null
  /** Adds a fault that lists the fields of the model, the first time that it happens. */
  unknownField(path: string, asked: string, model: PlannedModel): null
  /** @throws StudioError `bad_request` if the plan has a fault. */
  check(): void
}

/** Starts to compile a plan for a model. */
export function createCompilation(model: PlannedModel, world: QueryWorld): Compilation {
  const values: string[] = []
  const faults: SchemaFault[] = []
  const listed = new Set<PlannedModel>()
  let tables = 0
  let joins = 0
  const fault: Compilation['fault'] = (path, message) => {
    const isKnown = faults.some((one) => one.path === path && one.message === message)
    if (!isKnown) faults.push({ path, message })
    return null
  }
  return {
    world,
    values,
    prefix: toPrefix(model),
    parameter: (value) => `$${values.push(value)}`,
    nextTable: () => ++tables,
    join(count, path) {
      joins += count
      if (joins <= maxJoins) return
      fault(path, `The plan joins ${joins} tables up to here, and at most ${maxJoins} are possible`)
    },
    fault,
    unknownField(path, asked, of) {
      const message = `Model "${of.name}" has no field "${asked}"`
      const names = of.fields.map(({ name }) => name).join(', ')
      const isFirst = !listed.has(of)
      listed.add(of)
      return fault(path, isFirst ? `${message}. Fields: ${names}` : message)
    },
    check() {
      if (faults.length === 0) return
      const told = faults.slice(0, shown.told).map(({ message }) => message)
      const more = faults.length - told.length
      const message = [...told, ...(more > 0 ? [`${more} more faults`] : [])].join('; ')
      throw badRequest(message, faults.slice(0, shown.listed))
    },
  }
}

/** Returns a beginning of names with which no column of a model starts. */
export function toPrefix({ fields }: PlannedModel): string {
  // Column references are unqualified. An unqualified name that matches the alias selects the whole row in PostgreSQL, so a
  // declared column that the table lacks must not have the name of the alias.
  let prefix = '~'
  while (fields.some((field) => field.column.startsWith(prefix))) prefix += '~'
  return prefix
}
