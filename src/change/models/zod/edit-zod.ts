import type { Node } from 'typescript'
import { toModelName } from '../../../project/models/names.ts'
import type { ChangeStep } from '../../schema/apply-changes.ts'
import type { ChangeOf } from '../../schema/model-change.ts'
import { noEdit, placeOfChange, tableOf } from '../edit-step.ts'
import type { EditedModels } from '../model-code.ts'
import { appendCall } from '../typescript/chains.ts'
import {
  type CodeEdit,
  editCode,
  insertAt,
  replaceNode,
  visitNodes,
} from '../typescript/code-edit.ts'
import { appendStatement, isTaken } from '../typescript/statements.ts'
import { isFreeWord, toLiteral, readKey, readStyle, toKey } from '../typescript/code-style.ts'
import { importName } from '../typescript/module-imports.ts'
import { insertItem, removeStatement } from '../typescript/lists.ts'
import {
  addZodField,
  alterZodField,
  dropZodField,
  printZod,
  renameZodField,
  zodKeyOf,
} from './edit-zod-field.ts'
import {
  findMeta,
  findObjects,
  findZod,
  listObjects,
  requireObject,
  type ZodObject,
} from './read-objects.ts'

/** Edits a file with object schemas of zod. Indexes, keys, checks and defaults are no part of them. */
export async function editZod(
  text: string | null,
  steps: readonly ChangeStep[],
): Promise<EditedModels> {
  return editCode(text, steps, (edit) => {
    const { change } = edit.step
    switch (change.op) {
      case 'create_table':
        return createObject(edit)
      case 'drop_table':
        return dropObject(edit)
      case 'rename_table':
        return renameObject(edit, change)
      case 'add_column':
        return addZodField(edit, change)
      case 'alter_column':
        return alterZodField(edit, change)
      case 'drop_column':
        return dropZodField(edit, change)
      case 'rename_column':
        return renameZodField(edit, change)
      default:
        return undefined
    }
  })
}

/** Adds the schema of a table at the end of the file, with its type where the file has types of its schemas. */
function createObject(edit: CodeEdit): void {
  const place = placeOfChange(edit.step)
  const table = tableOf(edit.step.after, place)
  if (!table) throw noEdit('the table is unknown')
  if (findObjects(edit, edit.step.after, place).length > 0) {
    throw noEdit('the file has a schema of this table')
  }
  const isNew = edit.file.text.trim() === ''
  const objects = listObjects(edit)
  const zod = findZod(edit) ?? importName(edit, 'zod', { name: 'z' })
  const model = toModelName(place.name)
  const isShort = objects.length > 0 && !objects.some(({ variable }) => variable.endsWith('Schema'))
  const isUpper = isShort && objects.some(({ variable }) => /^[A-Z]/.test(variable))
  const lower = model.charAt(0).toLowerCase() + model.slice(1)
  const variable = isShort ? (isUpper ? model : lower) : `${lower}Schema`
  if (!isFreeWord(edit, variable) || isTaken(edit, variable))
    throw noEdit('no constant can be named after it')
  const keys = table.columns.map(({ name }) => zodKeyOf(edit, name))
  if (new Set(keys).size < keys.length) throw noEdit('two of its fields would have one key')
  const { indent, newline, semicolon } = readStyle(edit)
  const fields = table.columns.map(
    (column, at) => `${indent}${toKey(edit, keys[at] ?? column.name)}: ${printZod(edit, column)},`,
  )
  const isTyped = isNew || /\binfer<typeof /.test(edit.file.text)
  const type = `export type ${model} = ${zod}.infer<typeof ${variable}>${semicolon}`
  if (isTyped && variable !== model && isTaken(edit, model))
    throw noEdit(`the file has a name ${model}`)
  const lines = [
    `export const ${variable} = ${zod}.object({`,
    ...fields,
    `})${semicolon}`,
    ...(isTyped ? [type] : []),
  ]
  appendStatement(edit, lines.join(newline))
  if (findObjects(edit, edit.step.after, place).length === 0) {
    const made = listObjects(edit).find((one) => one.variable === variable)
    if (made) setTable(edit, made, place)
  }
}

/** Writes the table of a schema into its `.meta`. */
function setTable(
  edit: CodeEdit,
  object: ZodObject,
  place: ReturnType<typeof placeOfChange>,
): void {
  const name = toLiteral(edit, place.name)
  const meta = findMeta(edit, object.chain)
  const isPublic = place.schema === 'public'
  if (!meta) {
    const more = isPublic ? '' : `, schema: ${toLiteral(edit, place.schema)}`
    return edit.change([appendCall(edit, object.chain, `meta({ table: ${name}${more} })`)])
  }
  const { given } = meta
  if (!given) throw noEdit(`the .meta of ${object.variable} is written in an unknown way`)
  const own = given.properties.find((one) => readKey(edit, one.name) === 'table')
  if (own && edit.ts.isPropertyAssignment(own)) {
    return edit.change([replaceNode(edit, own.initializer, name)])
  }
  const schema =
    isPublic || object.schema !== null ? '' : `, schema: ${toLiteral(edit, place.schema)}`
  const text = `table: ${name}${schema}`
  const last = given.properties.at(-1)
  edit.change(last ? [insertAt(last.end, `, ${text}`)] : insertItem(edit, given, text))
}

/** Gives a schema another table. Its constant keeps its name, because the code of the project uses it. */
function renameObject(edit: CodeEdit, { to }: ChangeOf<'rename_table'>): void {
  const object = requireObject(edit)
  setTable(edit, object, { ...placeOfChange(edit.step), name: to })
  edit.notes.push(`${object.variable} keeps its name in the code; its table is ${to}`)
}

/** Removes a schema that nothing else of the file uses, with the type of its values. */
function dropObject(edit: CodeEdit): void {
  const { ts, file } = edit
  const { variable, statement } = requireObject(edit)
  if (statement.declarationList.declarations.length > 1) {
    throw noEdit(`${variable} is declared together with others`)
  }
  const types = file.statements.filter(
    (one) =>
      ts.isTypeAliasDeclaration(one) &&
      new RegExp(`^\\w+\\.(?:infer|input|output)<typeof ${variable.replaceAll('$', '\\$')}>$`).test(
        one.type.getText(file),
      ),
  )
  const statements: readonly Node[] = [statement, ...types]
  const names = [
    variable,
    ...types.flatMap((one) => (ts.isTypeAliasDeclaration(one) ? one.name.text : [])),
  ]
  visitNodes(edit, (node) => {
    if (!ts.isIdentifier(node) || !names.includes(node.text)) return
    const isInside = statements.some((one) => node.pos >= one.pos && node.end <= one.end)
    if (!isInside) throw noEdit(`another place of the file uses ${node.text}`)
  })
  const [type] = types
  if (type) {
    edit.change([removeStatement(edit, type)])
    return dropObject(edit)
  }
  edit.change([removeStatement(edit, statement)])
}
