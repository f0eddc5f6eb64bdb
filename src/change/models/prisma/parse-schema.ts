import {
  findArgument,
  isClosed,
  listAttributes,
  type PrismaAttribute,
  readNames,
  readString,
  withoutComment,
} from './attributes.ts'

/** A field of a model, on one line of the file. */
export interface PrismaField {
  readonly line: number
  readonly name: string
  /** Without `?` and `[]`. */
  readonly type: string
  readonly suffix: '' | '?' | '[]'
  readonly attributes: readonly PrismaAttribute[]
  /** The column; also of a relation, which has none. */
  readonly column: string
}

/** An attribute of a whole model, on one line of the file. */
export interface PrismaBlockAttribute {
  readonly line: number
  readonly attribute: PrismaAttribute
  /** The names of the fields in its list. */
  readonly fields: readonly string[]
}

/** A model with its place: the lines of its first and last brace. */
export interface PrismaModel {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly table: string
  /** Null without `@@schema`. */
  readonly schema: string | null
  readonly fields: readonly PrismaField[]
  readonly attributes: readonly PrismaBlockAttribute[]
}

/** An enum with its labels by the name in the schema. */
export interface PrismaEnum {
  readonly name: string
  readonly type: string
  readonly schema: string | null
  readonly labels: ReadonlyMap<string, string>
}

/** What a schema says, as far as it is needed. */
export interface PrismaSchema {
  readonly lines: readonly string[]
  readonly models: readonly PrismaModel[]
  readonly enums: readonly PrismaEnum[]
  /** The names of all blocks. */
  readonly names: ReadonlySet<string>
  /** The `schemas` of the data source; null without them. */
  readonly schemas: readonly string[] | null
  readonly hasForeignKeys: boolean
}

interface Block {
  readonly kind: string
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Reads a schema; or returns why it cannot be read with certainty. */
export function parsePrisma(text: string): PrismaSchema | string {
  const lines = text.split('\n')
  const code = lines.map((line) => withoutComment(line))
  const blocks: Block[] = []
  let open: Omit<Block, 'end'> | null = null
  for (const [at, line] of code.entries()) {
    if (line.includes('/*')) return `line ${at + 1} has a comment over several lines`
    const head = /^\s*(\w+)\s+(\w+)\s*\{\s*$/.exec(line)
    if (open && /^\s*\}\s*$/.test(line)) {
      blocks.push({ ...open, end: at })
      open = null
    } else if (!open && head) {
      open = { kind: head[1] ?? '', name: head[2] ?? '', start: at }
    } else if (line.trim() !== '' && (!open || !isClosed(line))) {
      return `line ${at + 1} is not understood`
    }
  }
  if (open) return `the block ${open.name} has no end`
  const inside = (kind: string) => blocks.filter((block) => block.kind === kind)
  const source = inside('datasource').flatMap(({ start, end }) => code.slice(start + 1, end))
  const setting = (name: string) =>
    source
      .find((line) => line.trim().startsWith(name))
      ?.replace(/^[^=]*=\s*/, '')
      .trim()
  const schemas = setting('schemas ') ?? setting('schemas=')
  return {
    lines,
    models: inside('model').map((block) => parseModel(block, code)),
    enums: inside('enum').map((block) => parseEnum(block, code)),
    names: new Set(blocks.map(({ name }) => name)),
    schemas:
      schemas === undefined ? null : readNames(schemas).flatMap((one) => readString(one) ?? []),
    hasForeignKeys: !(setting('relationMode') ?? '').includes('prisma'),
  }
}

function parseModel({ name, start, end }: Block, code: readonly string[]): PrismaModel {
  const fields: PrismaField[] = []
  const attributes: PrismaBlockAttribute[] = []
  for (let line = start + 1; line < end; line++) {
    const text = code[line] ?? ''
    const found = listAttributes(text)
    const [first] = found
    const field = /^\s*(\w+)\s+(Unsupported\("[^"]*"\)|\w+)(\?|\[\])?/.exec(text)
    if (first?.name.startsWith('@@')) {
      const list = findArgument(first.args, 'fields') ?? findArgument(first.args, null)
      attributes.push({ line, attribute: first, fields: readNames(list) })
    } else if (field) {
      const own = field[1] ?? ''
      fields.push({
        line,
        name: own,
        type: field[2] ?? '',
        suffix: (field[3] ?? '') as PrismaField['suffix'],
        attributes: found,
        column: readMap(found, '@map') ?? own,
      })
    }
  }
  const own = attributes.map(({ attribute }) => attribute)
  const table = readMap(own, '@@map') ?? name
  return { name, start, end, table, schema: readMap(own, '@@schema'), fields, attributes }
}

function parseEnum({ name, start, end }: Block, code: readonly string[]): PrismaEnum {
  const body = code.slice(start + 1, end)
  const found = body.flatMap((line) => listAttributes(line))
  const labels = body.flatMap((line) => {
    const label = /^\s*(\w+)/.exec(line)?.[1]
    return label === undefined
      ? []
      : [[readMap(listAttributes(line), '@map') ?? label, label] as const]
  })
  return {
    name,
    type: readMap(found, '@@map') ?? name,
    schema: readMap(found, '@@schema'),
    labels: new Map(labels),
  }
}

function readMap(attributes: readonly PrismaAttribute[], name: string): string | null {
  const args = attributes.find((one) => one.name === name)?.args ?? null
  return readString(findArgument(args, null)) ?? readString(findArgument(args, 'name'))
}
