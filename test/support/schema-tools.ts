import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Sql } from 'postgres'
import { installTool } from './tools.ts'

/** A database for a tool to write to. */
interface Place {
  readonly url: string
  readonly sql: Sql
}

async function load(modules: string, path: string): Promise<Record<string, unknown>> {
  const loaded = (await import(pathToFileURL(join(modules, path)).href)) as Record<string, unknown>
  return { ...(loaded['default'] as object), ...loaded }
}

/** A Prisma schema with fields and defaults of every kind. */
export const prismaSchema = `
datasource db {
  provider = "postgresql"
}
enum Role {
  USER
  ADMIN
}
model User {
  id        Int      @id @default(autoincrement())
  email     String   @unique
  name      String?  @db.VarChar(80)
  role      Role     @default(USER)
  roles     Role[]   @default([USER, ADMIN])
  tags      String[] @default(["a b", "c,d"])
  counts    Int[]
  data      Json     @default("{\\"b\\": 1, \\"a\\": [true]}")
  docs      Json[]
  balance   Decimal  @default(0)
  price     Decimal  @default(1.50) @db.Decimal(10, 2)
  big       BigInt   @default(9007199254740993)
  score     Float    @default(0.1)
  active    Boolean  @default(true)
  avatar    Bytes?
  born      DateTime? @db.Date
  wakes     DateTime? @db.Time(3)
  createdAt DateTime @default(now())
  updatedAt DateTime @updatedAt
  seen      DateTime @default("2020-01-02T03:04:05.678Z") @db.Timestamptz(3)
  token     String   @default(uuid()) @db.Uuid
  random    String   @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  code      String   @default("it's") @db.Char(5)
  bits      String?  @db.Bit(3)
  address   String?  @db.Inet
  posts     Post[]
  @@index([name, createdAt(sort: Desc)])
  @@index([email], type: Hash)
  @@map("users")
}
model Post {
  tenant   Int
  number   Int
  title    String  @default("")
  authorId Int?    @map("author_id")
  author   User?   @relation(fields: [authorId], references: [id])
  tags     Tag[]
  @@id([tenant, number])
  @@unique([title, tenant])
}
model Tag {
  id    String @id @default(dbgenerated("my_id()"))
  tenant Int
  number Int
  posts Post   @relation(fields: [tenant, number], references: [tenant, number], onDelete: Cascade)
}
`

/** Creates the tables of a Prisma schema with Prisma's own schema engine. */
export async function writeWithPrisma(schema: string, { sql, url }: Place): Promise<void> {
  await sql.unsafe(`create function my_id() returns text language sql as 'select ''x'''`)
  await sql.unsafe(await printWithPrisma(schema, url))
}

/** Returns the SQL with which Prisma's schema engine creates the tables of a schema. Rejects for a wrong schema. */
export async function printWithPrisma(schema: string, url: string): Promise<string> {
  const engine = await openPrisma(schema, url)
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
    script: true,
    exitCode: false,
    filters: { externalTables: [], externalEnums: [] },
  })
  return stdout
}

let bindings: Promise<{ engine: PrismaBindings; modules: string }> | undefined

async function openPrisma(schema: string, url: string): Promise<PrismaEngine> {
  const { engine, modules } = await (bindings ??= loadPrisma())
  const { PrismaPg } = await load(modules, '@prisma/adapter-pg/dist/index.js')
  const utils = await load(modules, '@prisma/driver-adapter-utils/dist/index.js')
  const adapter = (utils['bindSqlAdapterFactory'] as (made: object) => object)(
    new (PrismaPg as new (options: object, more: object) => object)(
      { connectionString: url },
      { schema: 'public' },
    ),
  )
  const datamodels = [['schema.prisma', schema]]
  return engine.SchemaEngine.new({ datamodels }, () => 0, adapter)
}

async function loadPrisma() {
  const modules = await installTool(
    'schema-prisma',
    '@prisma/schema-engine-wasm@8.1.0-2.59be4fda12412a79eeb9c2ae727b6aa723593323 @prisma/adapter-pg@7.10.1 @prisma/driver-adapter-utils@7.10.1',
  )
  const folder = '@prisma/schema-engine-wasm'
  const engine = (await load(modules, `${folder}/schema_engine_bg.js`)) as unknown as PrismaBindings
  const wasm = await WebAssembly.instantiate(
    await readFile(join(modules, folder, 'schema_engine_bg.wasm')),
    { './schema_engine_bg.js': engine as unknown as WebAssembly.ModuleImports },
  )
  engine.__wbg_set_wasm(wasm.instance.exports)
  return { engine, modules }
}

interface PrismaEngine {
  diff(params: object): Promise<{ stdout: string }>
}

interface PrismaBindings {
  __wbg_set_wasm(exports: object): void
  SchemaEngine: {
    'new'(options: object, log: () => number, adapter: object): Promise<PrismaEngine>
  }
}

const options = (name: string, columns: object, more: object = {}) => ({ name, columns, ...more })

/** Creates tables with TypeORM's `synchronize`. */
export async function writeWithTypeorm({ url }: Place): Promise<void> {
  const modules = await installTool('migrate-typeorm', 'typeorm@1.1.1 pg@8.23.1')
  const { DataSource, EntitySchema } = (await load(modules, 'typeorm/index.js')) as unknown as {
    DataSource: new (options: object) => {
      initialize(): Promise<unknown>
      destroy(): Promise<void>
    }
    EntitySchema: new (options: object) => object
  }
  const user = new EntitySchema(
    options(
      'User',
      {
        id: { type: Number, primary: true, generated: 'increment' },
        token: { type: 'uuid', generated: 'uuid' },
        number: { type: 'int', generated: 'identity' },
        email: { type: String, unique: true, length: 80 },
        role: { type: 'enum', enum: ['user', 'super-admin', "it's"], default: 'super-admin' },
        roles: { type: 'enum', enum: ['a', 'b c'], array: true, default: ['b c'] },
        tags: { type: 'text', array: true, default: ['a b', 'c'] },
        words: { type: 'varchar', array: true, default: '{}' },
        data: { type: 'jsonb', default: { b: 1, a: [true] } },
        list: { type: 'json', default: [] },
        price: { type: 'decimal', precision: 10, scale: 2, default: 1.5 },
        whole: { type: 'numeric', precision: 10, default: 0 },
        score: { type: 'double precision', default: 0.1 },
        rate: { type: 'real', default: 1 },
        active: { type: Boolean, default: true },
        span: { type: 'interval', default: '90 minutes' },
        wakes: { type: 'time', precision: 3, default: '10:00' },
        born: { type: 'date', default: '2020-01-02' },
        today: { type: 'date', default: () => 'CURRENT_DATE' },
        bits: { type: 'bit', length: 3, nullable: true },
        code: { type: 'char', length: 2, default: 'x' },
        address: { type: 'inet', nullable: true },
        bytes: { type: 'bytea', nullable: true },
        title: { type: String, nullable: true, default: null },
        loud: {
          type: String,
          asExpression: 'upper(email)',
          generatedType: 'STORED',
          nullable: true,
        },
        createdAt: { type: 'timestamp', createDate: true },
        updatedAt: { type: 'timestamptz', updateDate: true, precision: 3 },
        expires: { type: 'timestamptz', default: () => "now() + interval '1 day'" },
      },
      {
        indices: [
          { columns: ['price'], where: 'price > 5 and active' },
          { columns: ['role', 'email'], unique: true },
        ],
        checks: [{ expression: 'price > 0' }],
      },
    ),
  )
  const post = new EntitySchema(
    options(
      'Post',
      { tenant: { type: Number, primary: true }, number: { type: Number, primary: true } },
      {
        relations: {
          author: { target: 'User', type: 'many-to-one', joinColumn: true, onDelete: 'CASCADE' },
          parent: {
            target: 'Post',
            type: 'many-to-one',
            joinColumn: [
              { name: 'p1', referencedColumnName: 'tenant' },
              { name: 'p2', referencedColumnName: 'number' },
            ],
          },
        },
      },
    ),
  )
  const source = new DataSource({
    type: 'postgres',
    url,
    entities: [user, post],
    synchronize: true,
  })
  await source.initialize()
  await source.destroy()
}

/** Creates tables with Kysely's schema builder. */
export async function writeWithKysely({ url }: Place): Promise<void> {
  const modules = await installTool('migrate-kysely', 'kysely@0.29.9 pg@8.23.1')
  const kysely = (await load(modules, 'kysely/dist/index.js')) as unknown as KyselyModule
  const { Pool } = (await load(modules, 'pg/lib/index.js')) as unknown as {
    Pool: new (options: object) => object
  }
  const { Kysely, PostgresDialect, sql } = kysely
  const db = new Kysely({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url, max: 1 }) }),
  })
  const { schema } = db
  await schema.createType('species').asEnum(['cat', 'guinea-pig']).execute()
  await schema
    .createTable('person')
    .addColumn('id', 'serial', (col) => col.primaryKey())
    .addColumn('first_name', 'varchar', (col) => col.notNull().defaultTo(''))
    .addColumn('gender', 'varchar(50)', (col) => col.notNull().defaultTo("it's"))
    .addColumn('score', sql`numeric(10)`, (col) => col.defaultTo(5))
    .addColumn('price', 'decimal(10, 2)', (col) => col.defaultTo(1.5))
    .addColumn('active', 'boolean', (col) => col.defaultTo(false))
    .addColumn('data', 'jsonb', (col) => col.defaultTo(sql`'{"a":1}'`))
    .addColumn('tags', sql`text[]`, (col) => col.notNull().defaultTo(sql`'{}'`))
    .addColumn('grid', sql`integer[][]`, (col) => col.defaultTo(sql`array[[1,2],[3,4]]`))
    .addColumn('created_at', 'timestamp', (col) => col.defaultTo(sql`now()`).notNull())
    .addColumn('seen_at', 'timestamptz(3)', (col) => col.defaultTo(sql`current_timestamp`))
    .addColumn('span', sql`interval`, (col) => col.defaultTo(sql`interval '90 minutes'`))
    .addColumn('wakes', 'time(3)', (col) => col.defaultTo('10:00'))
    .addColumn('born', 'date', (col) => col.defaultTo('2020-01-02'))
    .addColumn('bits', sql`bit(3)`)
    .execute()
  await schema
    .createTable('pet')
    .addColumn('id', 'bigint', (col) => col.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('name', 'varchar', (col) => col.unique())
    .addColumn('owner_id', 'integer', (col) =>
      col.references('person.id').onDelete('cascade').notNull(),
    )
    .addColumn('species', sql`species`, (col) => col.notNull().defaultTo('guinea-pig'))
    .addColumn('loud', 'text', (col) => col.generatedAlwaysAs(sql`upper(name)`).stored())
    .addColumn('token', 'uuid', (col) => col.defaultTo(sql`gen_random_uuid()`))
    .execute()
  await schema.createIndex('pet_owner').on('pet').columns(['owner_id', 'name desc']).execute()
  await schema
    .createIndex('pet_kind')
    .on('pet')
    .column('species')
    .where('name', 'is not', null)
    .unique()
    .execute()
  await schema
    .createIndex('pet_lower')
    .on('pet')
    .expression(sql`lower(name)`)
    .execute()
  await db.destroy()
}

/** A column of Kysely, whose steps return the column. */
type Builder = Readonly<
  Record<
    'primaryKey' | 'notNull' | 'unique' | 'generatedAlwaysAsIdentity' | 'stored',
    () => Builder
  > &
    Record<
      'defaultTo' | 'references' | 'onDelete' | 'generatedAlwaysAs',
      (value: unknown) => Builder
    >
>
type Step = (column: Builder) => Builder
interface TableBuilder {
  addColumn(name: string, type: unknown, step?: Step): TableBuilder
  execute(): Promise<void>
}
interface IndexBuilder {
  on(table: string): IndexBuilder
  column(name: string): IndexBuilder
  columns(names: readonly string[]): IndexBuilder
  expression(sql: unknown): IndexBuilder
  where(left: string, operator: string, right: unknown): IndexBuilder
  unique(): IndexBuilder
  execute(): Promise<void>
}
interface KyselyModule {
  Kysely: new (options: object) => {
    destroy(): Promise<void>
    schema: {
      createType(name: string): { asEnum(labels: readonly string[]): { execute(): Promise<void> } }
      createTable(name: string): TableBuilder
      createIndex(name: string): IndexBuilder
    }
  }
  PostgresDialect: new (options: object) => object
  sql(parts: TemplateStringsArray): unknown
}
