import { defineProject, type Project } from '../../../src/index.ts'
import { databaseModels, memoryFiles, sqlMigrations } from '../../../src/postgres.ts'
import { sleep } from '../script.ts'
import { canary, never, secretError } from './unruly.ts'

/** The tables of the project. The secrets in them must never leave. */
export const unrulyTables = `
  create table books (id serial primary key, title text not null, password_hash text not null);
  insert into books (title, password_hash) select 'Book ' || n, '${canary}' from generate_series(1, 50) n;
  create table loans (id serial primary key, book_id int not null references books, api_key text default '${canary}');
  create table aksara_migrations (id serial primary key, name text not null, applied_at timestamptz default now());
  insert into aksara_migrations (name) values ('0001_initial');`

/** Creates a project over these tables, whose application misbehaves. */
export function createUnrulyProject(): Project {
  return defineProject({
    name: 'Library',
    apps: [
      {
        label: 'library',
        models: databaseModels({ schema: 'public' }),
        migrations: sqlMigrations(memoryFiles({ '0001_initial.sql': '', '0002_loans.sql': '' })),
      },
    ],
    resources: [{ model: 'Book', prefix: '/api/books' }],
    app: unrulyApp,
  })
}

/** The keys that make the application misbehave. */
export const unrulyKeys = [
  'never',
  'endless',
  'broken',
  'throws',
  'garbage',
  'nothing',
  'fails',
  '1',
]

/** Answers, hangs, never ends, breaks off, throws or answers garbage, by the key in the path. */
async function unrulyApp(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  const row = { id: 1, title: 'Emma', password_hash: canary, passwordHash: canary }
  switch (pathname.split('/').at(-1)) {
    case 'never':
      return never()
    case 'endless':
      return new Response(
        new ReadableStream({
          pull: (c) => sleep(50).then(() => c.enqueue(new Uint8Array(64).fill(32))),
        }),
      )
    case 'broken':
      return new Response(new ReadableStream({ start: (c) => c.error(secretError()) }))
    case 'throws':
      throw secretError()
    case 'garbage':
      return new Response('{"id": ', { headers: { 'content-type': 'application/json' } })
    case 'nothing':
      return undefined as unknown as Response // what an application without a matching route returns
    case 'fails':
      return Response.json(
        { error: String(secretError().message), stack: secretError().stack },
        { status: 500 },
      )
    default:
      return Response.json(request.method === 'GET' && pathname === '/api/books' ? [row] : row)
  }
}
