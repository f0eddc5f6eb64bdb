import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import * as zod from 'zod'
import { runCli as run } from '../support/cli.ts'
import { createSharedDatabase } from '../support/shared-database.ts'
import { installTool } from '../support/tools.ts'

const labels = [
  'a',
  'line\nbreak',
  'tab\t',
  "it's",
  'back\\slash',
  '"double"',
  '`tick` ${x}',
  '\u2028',
  '*/',
  '__proto__',
  '𝒜',
  "a' | 'b",
  '(x)[]',
  '',
]
const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
const tables = [
  'z',
  'zs',
  'Z',
  'class',
  'type',
  'any',
  'users',
  'Users',
  'user',
  'user_schema',
  '1st',
  'класс',
  'odd name',
  'odd-name',
  'quote"d',
  "it's",
  'new\nline',
  '日本',
  '__proto__',
  'constructor',
  'one',
  'many',
  'to',
  'styles',
  'style',
  'classDef',
  'end',
  'subgraph',
  'x²',
  'a%b',
  'titles',
  'erDiagram',
  'to-do',
]
const columns = [
  '__proto__',
  'constructor',
  'pk',
  'fk',
  'UK',
  'pk-x',
  'odd name',
  'odd_name',
  '1st',
  'имя',
  'new\nline',
  'quote"d',
  "it's",
  'class',
  '*/',
  '\u2028',
  'a~b',
  'x²',
  '-x',
  'µ',
  'back\\slash',
]

let url = ''
let modules = ''

beforeAll(async () => {
  const { sql, url: shared } = await createSharedDatabase()
  url = shared
  const escaped = labels.map((label) => `'${label.replaceAll("'", "''")}'`)
  await sql.unsafe(`create type odd as enum (${escaped.join(', ')}); create type "one[]" as enum ('x y');
    create table grid (id int primary key, e odd not null, es odd[] not null, one "one[]"[] not null, cells int[][] not null, cube text[][][]);
    comment on table grid is ${"'ends */ here\nand goes on'"};
    create table wide (id int primary key, ${columns.map((name) => `${quote(name)} int`).join(', ')});
    ${tables.map((name) => `create table ${quote(name)} (id int primary key, grid int references grid);`).join('\n')}
    create table person (id int primary key, manager int references person, mentor int unique references person);
    create table profile (id int primary key, person_id int not null unique references person);
    create table passport (person_id int primary key references person);
    create table pair (a int, b int, primary key (a, b)); create table half (a int, b int, primary key (a, b), foreign key (a, b) references pair);
    create table visit (id int primary key, person_id int references person);
    create table order_line (id int primary key, parent int unique references order_line, "root" int references order_line, person_id int, unique (person_id));
    create table seat (a int, b int, person_id int, id int primary key, unique (a, b), foreign key (a, b) references pair, unique (person_id, id));
    alter table seat add constraint kept_by foreign key (person_id) references person`)
  await sql.end()
  modules = await installTool('mermaid', 'mermaid@12.3.0')
}, 120_000)

describe('fetch-studio types', () => {
  it('types prints a module that parses for any label and any name', async () => {
    const { code, printed } = await run(['types', url])
    expect(code).toBe(0)
    const { diagnostics, outputText } = ts.transpileModule(printed, {
      reportDiagnostics: true,
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    })
    expect(diagnostics?.map(({ messageText }) => messageText)).toEqual([])
    const exported: Record<string, zod.ZodType> = {}
    new Function('require', 'exports', outputText)(() => zod, exported)
    const types = [...printed.matchAll(/^export type (\S+) =/gm)].map(([, name]) => name)
    expect(new Set(types).size).toBe(types.length)
    expect(types.length).toBe(tables.length + 10)
    const row = {
      id: 1,
      es: labels,
      one: ['x y'],
      cells: [
        [1, 2],
        [3, 4],
      ],
      cube: [[['a']]],
    }
    const refused = labels.filter((e) => !exported['gridSchema']?.safeParse({ ...row, e }).success)
    expect(refused).toEqual([])
    expect(exported['gridSchema']?.safeParse({ ...row, e: 'b' }).success).toBe(false)
    expect(exported['gridSchema']?.safeParse({ ...row, e: 'a', cells: [1] }).success).toBe(false)
  })
})

describe('fetch-studio erd', () => {
  it('erd prints what Mermaid parses for any name', async () => {
    const { code, printed } = await run(['erd', url])
    expect(code).toBe(0)
    const mermaid = (await import(
      pathToFileURL(join(modules, 'mermaid/dist/mermaid.core.mjs')).href
    )) as { default: { parse(text: string): Promise<{ diagramType: string }> } }
    expect(await mermaid.default.parse(printed)).toMatchObject({ diagramType: 'er' })
    const entities = [...printed.matchAll(/^ {2}(\S+) \{$/gm)].map(([, name]) => name)
    expect(new Set(entities).size).toBe(entities.length)
    expect(entities.length).toBe(tables.length + 10)
  })

  it('erd draws a unique foreign key, and a key that is a foreign key, one to one', async () => {
    const { printed } = await run(['erd', url])
    const lines = printed
      .split('\n')
      .filter((line) => /(Person|Pair)\b/.test(line) && line.includes('--'))
    expect(lines).toEqual([
      expect.stringMatching(/^ {2}Half \|o--\|\| Pair : /),
      '  Passport |o--|| Person : person',
      '  Person }o--o| Person : manager_person',
      '  Person |o--o| Person : mentor_person',
      '  Profile |o--|| Person : person',
      '  Seat }o--o| Person : person',
      expect.stringMatching(/^ {2}Seat \|o--o\| Pair : /),
      '  Visit }o--o| Person : person',
    ])
  })

  it('erd tells relations to the same model apart, whatever their names', async () => {
    const { printed } = await run(['erd', url])
    const lines = printed.split('\n').filter((line) => /OrderLine .*--/.test(line))
    expect(lines).toEqual([
      '  OrderLine |o--o| OrderLine : parent_order_line',
      '  OrderLine }o--o| OrderLine : root_order_line',
    ])
  })
})
