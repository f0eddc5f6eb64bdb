import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { zodModels } from '../../../src/zod.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createQueryStudio } from '../../support/query.ts'

const tables = `
  create table countries (code char(2) primary key, name text not null);
  create table authors (
    id int primary key, name text not null, country_id char(2) references countries, password_hash text
  );
  create table profiles (id int primary key, author_id int not null unique references authors, bio text);
  create table books (
    id bigint primary key, title text not null, author_id int references authors,
    editor_id int references authors, price numeric(8,2)
  );
  create table tags (id int primary key, label text not null);
  create table book_tags (book_id bigint references books, tag_id int references tags, primary key (book_id, tag_id));
  create table nodes (id int primary key, parent_id int references nodes, "from" text);
  create table editions (book_id bigint references books, no int, note text, primary key (book_id, no));
  create table copies (id int primary key, book_id bigint, no int, foreign key (book_id, no) references editions);
  insert into countries values ('DE', 'Germany'), ('FR', 'France');
  insert into authors values (1, 'Ada', 'DE', 'x'), (2, 'Bel', 'FR', 'x'), (3, 'Cyd', null, 'x');
  insert into profiles values (1, 1, 'First');
  insert into books values (9007199254740993, 'One', 1, 2, 1.10), (2, 'Two', 1, null, 2.20), (3, 'Three', 2, 1, null),
    (4, 'Four', null, null, 4);
  insert into tags values (1, 'red'), (2, 'blue');
  insert into book_tags values (9007199254740993, 1), (9007199254740993, 2), (2, 2);
  insert into nodes values (1, null, 'a'), (2, 1, 'b'), (3, 2, 'c');
  insert into editions values (2, 1, 'first'), (2, 2, 'second');
  insert into copies values (1, 2, 1), (2, 2, 2), (3, null, 1);
`

describePostgres('relations in a plan', ({ createDatabase }) => {
  let studio: ReturnType<typeof createQueryStudio>
  beforeAll(async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(tables)
    studio = createQueryStudio(sql)
  })

  it('fields of a to-one relation stand inline, null where nothing is related', async () => {
    const select_fields = ['title', 'author.name', 'author.country.name', 'editor.name']
    expect(await studio.rows({ model: 'Book', select_fields })).toEqual([
      book(2, 'Two', ['Ada', 'Germany', null]),
      book(3, 'Three', ['Bel', 'France', 'Ada']),
      book(4, 'Four', [null, null, null]),
      book('9007199254740993', 'One', ['Ada', 'Germany', 'Bel']),
    ])
  })

  it('rows are sorted by a field of a to-one relation, with a place for those without one', async () => {
    const titles = async (sort: object) => {
      const sorting = [{ field: 'author.country.name', ...sort }]
      const found = await studio.rows({ model: 'Book', sorting, select_fields: ['title'] })
      return found.map(({ title }) => title)
    }
    expect(await titles({})).toEqual(['Three', 'Two', 'One', 'Four'])
    expect(await titles({ direction: 'desc' })).toEqual(['Four', 'Two', 'One', 'Three'])
    expect(await titles({ nulls: 'first' })).toEqual(['Four', 'Three', 'Two', 'One'])
  })

  it.each<[string, string, object, unknown[]]>([
    ['a to-one relation', 'Book', where('author.name', 'Ada'), ['One', 'Two']],
    ['two to-one relations', 'Book', where('author.country.name', 'France'), ['Three']],
    ['no related row', 'Book', where('author.name', true, 'is_null'), ['Four']],
    ['any of several rows', 'Author', where('book_by_author.title', 'Two'), ['Ada']],
    ['no row of several', 'Author', { not: where('book_by_author.title', 'Two') }, ['Bel', 'Cyd']],
    ['several rows at all', 'Author', { relation: 'book_by_author' }, ['Ada', 'Bel']],
    [
      'one row that meets two conditions',
      'Author',
      { relation: 'book_by_author', filters: [where('title', 'One'), where('price', 2, 'gt')] },
      [],
    ],
    ['a junction', 'Book', where('tags.label', 'blue'), ['One', 'Two']],
    ['the other side of a junction', 'Tag', where('books.author.name', 'Ada'), ['red', 'blue']],
    ['a one-to-one relation', 'Author', where('profile_by_author.bio', 'First'), ['Ada']],
    ['a table and itself', 'Node', where('parent.parent.from', 'a'), ['c']],
    ['children of a table', 'Node', where('node_by_parent.from', 'c'), ['b']],
    [
      'a to-many behind a to-one',
      'Profile',
      where('author.book_by_author.title', 'One'),
      ['First'],
    ],
    ['a key of two columns', 'Copy', where('copies_book_id_no_fkey.note', 'second'), [2]],
  ])('a filter finds rows through %s', async (_what, model, filter, found) => {
    const field = { Book: 'title', Author: 'name', Tag: 'label', Node: 'from', Profile: 'bio' }[
      model
    ]
    const plan = { model, filters: [filter], select_fields: [field ?? 'id'] }
    const values = (await studio.rows(plan)).map((row) => row[field ?? 'id'])
    expect(values.sort()).toEqual([...found].sort())
  })

  it('related rows are counted and listed, sorted and filtered', async () => {
    const related = [
      { relation: 'book_by_author', as: 'books' },
      {
        relation: 'book_by_author',
        as: 'cheap',
        limit: 1,
        filters: [{ field: 'price', lookup: 'lt', value: 10 }],
        sorting: [{ field: 'price', direction: 'desc' }],
        select_fields: ['price', 'editor.name'],
      },
      { relation: 'profile_by_author', count: false, limit: 5, select_fields: ['bio'] },
    ]
    const rows = await studio.rows({ model: 'Author', select_fields: ['name'], related })
    expect(rows).toEqual([
      {
        id: 1,
        name: 'Ada',
        books: { count: 2 },
        cheap: {
          count: 2,
          items: [{ id: '2', price: '2.20', 'editor.name': null }],
          limited: true,
        },
        profile_by_author: { items: [{ id: 1, bio: 'First' }], limited: false },
      },
      {
        id: 2,
        name: 'Bel',
        books: { count: 1 },
        cheap: { count: 0, items: [], limited: false },
        profile_by_author: { items: [], limited: false },
      },
      expect.objectContaining({ id: 3, books: { count: 0 } }),
    ])
  })

  it('related rows go through a junction, and keep every digit', async () => {
    const related = [
      { relation: 'books', limit: 5, select_fields: ['title'], sorting: [{ field: 'title' }] },
    ]
    const rows = await studio.rows({ model: 'Tag', select_fields: ['label'], related })
    expect(rows).toEqual([
      {
        id: 1,
        label: 'red',
        books: { count: 1, items: [{ id: '9007199254740993', title: 'One' }], limited: false },
      },
      {
        id: 2,
        label: 'blue',
        books: {
          count: 2,
          items: [
            { id: '9007199254740993', title: 'One' },
            { id: '2', title: 'Two' },
          ],
          limited: false,
        },
      },
    ])
  })

  it('GET /ai/query/models lists the relations of each model', async () => {
    const response = await studio.studio.fetch(new Request('http://studio.test/ai/query/models'))
    const { models } = (await response.json()) as {
      models: { name: string; relations: object[] }[]
    }
    const joinOf = (field: string, to_field: string) => ({
      to_app_label: 'shop',
      join: [{ field, to_field }],
    })
    expect(models.find(({ name }) => name === 'Author')?.relations).toEqual([
      { name: 'country', to_model: 'Country', to_many: false, ...joinOf('country_id', 'code') },
      { name: 'book_by_author', to_model: 'Book', to_many: true, ...joinOf('id', 'author_id') },
      { name: 'book_by_editor', to_model: 'Book', to_many: true, ...joinOf('id', 'editor_id') },
      {
        name: 'profile_by_author',
        to_model: 'Profile',
        to_many: false,
        ...joinOf('id', 'author_id'),
      },
    ])
  })

  it('a plan that joins too many tables is refused with every path beyond the budget', async () => {
    const path = (length: number) => `${'parent.'.repeat(length)}from`
    const faults = await studio.refused({
      model: 'Node',
      select_fields: [path(8), path(9)],
      filters: [where('node_by_parent.from', 'x')],
    })
    expect(faults).toEqual({
      'select_fields.1': 'The plan joins 9 tables up to here, and at most 8 are possible',
      'filters.0.field': 'The plan joins 10 tables up to here, and at most 8 are possible',
    })
    expect(await studio.rows({ model: 'Node', select_fields: [path(8)] })).toHaveLength(3)
  })

  it('each unknown relation and each unknown field behind one is named', async () => {
    const faults = await studio.refused({
      model: 'Book',
      select_fields: ['writer.name', 'author.nope', 'author', 'tags.label'],
      filters: [where('author.password_hash', 'x'), { relation: 'writer' }],
      sorting: [{ field: 'tags.label' }],
      related: [{ relation: 'publisher' }],
    })
    expect(Object.keys(faults).sort()).toEqual([
      'filters.0.field',
      'filters.1.relation',
      'related.0.relation',
      'select_fields.0',
      'select_fields.1',
      'select_fields.2',
      'select_fields.3',
      'sorting.0.field',
    ])
    expect(faults['select_fields.0']).toMatch(
      /no relation "writer"\. Relations: author, editor, tags/,
    )
    expect(faults['select_fields.2']).toMatch(/is a relation: .*"author\.id"/)
    expect(faults['sorting.0.field']).toMatch(/leads to several rows through "tags"/)
  })
})

describePostgres('relations of declared models', ({ createDatabase }) => {
  it('a declared relation without a key in the database never doubles a row', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`
      create table owners (id int, name text);
      create table pets (id int primary key, owner int, name text);
      insert into owners values (1, 'Ada'), (1, 'Ada again');
      insert into pets values (1, 1, 'Rex'), (2, null, 'Tom');
    `)
    const Owner = z.object({ id: z.int(), name: z.string() })
    const Pet = z.object({ id: z.int(), owner: Owner, name: z.string() })
    const { rows } = createQueryStudio(sql, zodModels({ Owner, Pet }))
    const found = await rows({ model: 'Pet', select_fields: ['name', 'owner.name'] })
    expect(found).toMatchObject([{ name: 'Rex' }, { name: 'Tom', 'owner.name': null }])
    expect(found).toHaveLength(2)
  })

  it('a foreign key that only the database knows is a relation', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(tables)
    const Author = z.object({ id: z.int(), name: z.string() })
    const Book = z.object({
      id: z.string(),
      title: z.string(),
      writer: z.int().meta({ column: 'author_id' }),
    })
    const { rows } = createQueryStudio(sql, zodModels({ Author, Book }))
    const filters = [{ field: 'writer.name', value: 'Bel' }]
    expect(await rows({ model: 'Book', filters })).toEqual([{ id: '3', title: 'Three', writer: 2 }])
  })
})

function where(field: string, value: unknown, lookup = 'exact') {
  return { field, value, lookup }
}

function book(id: unknown, title: string, [author, country, editor]: unknown[]) {
  return {
    id: String(id),
    title,
    'author.name': author,
    'author.country.name': country,
    'editor.name': editor,
  }
}
