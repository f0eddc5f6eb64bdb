import { beforeAll, expect, it } from 'vitest'
import { describePostgres } from '../../support/postgres.ts'
import { createQueryStudio } from '../../support/query.ts'

const tables = `
  create table shops (id int primary key, city text not null, vat_token text);
  create table sales (
    id int primary key, shop_id int references shops, n int, big bigint, price numeric, ratio float8, day date,
    facts json, at point, card_number text
  );
  insert into shops values (1, 'Rome', 'x'), (2, 'Oslo', 'x');
  insert into sales values
    (1, 1, 1, 9223372036854775807, 0.10, 0.1, '2024-01-01', '{}', null, 'x'),
    (2, 1, 2, 9223372036854775807, 0.20, 0.2, '2024-01-02', '{}', null, 'x'),
    (3, 2, 2, 1, 12345678901234567890.12345, null, null, '{}', null, 'x'),
    (4, null, null, null, null, null, '2024-01-01', '{}', null, 'x');
`

describePostgres('groups and aggregates', ({ createDatabase }) => {
  let studio: ReturnType<typeof createQueryStudio>
  beforeAll(async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(tables)
    studio = createQueryStudio(sql)
  })
  const pagination = { limit: 10 }

  it('aggregates without groups return one row, exact to the last digit', async () => {
    const aggregates = [
      { function: 'count' },
      { function: 'count', field: 'shop_id' },
      { function: 'count', field: 'n', distinct: true, as: 'different' },
      { function: 'sum', field: 'big' },
      { function: 'sum', field: 'price' },
      { function: 'avg', field: 'n' },
      { function: 'max', field: 'big' },
      { function: 'min', field: 'day' },
      { function: 'sum', field: 'n' },
      { function: 'sum', field: 'ratio' },
    ]
    expect(await studio.rows({ model: 'Sale', aggregates })).toEqual([
      {
        count: 4,
        count_shop_id: 3,
        different: 2,
        sum_big: '18446744073709551615',
        sum_price: '12345678901234567890.42345',
        avg_n: '1.6666666666666667',
        max_big: '9223372036854775807',
        min_day: '2024-01-01',
        sum_n: '5',
        sum_ratio: 0.30000000000000004,
      },
    ])
  })

  it('groups are counted through a relation, filtered by having and sorted by an aggregate', async () => {
    const plan = {
      model: 'Sale',
      group_by: ['shop.city'],
      aggregates: [{ function: 'count' }, { function: 'sum', field: 'price', as: 'total' }],
      pagination,
    }
    expect(await studio.rows(plan)).toEqual([
      { 'shop.city': 'Oslo', count: 1, total: '12345678901234567890.12345' },
      { 'shop.city': 'Rome', count: 2, total: '0.30' },
      { 'shop.city': null, count: 1, total: null },
    ])
    const sorting = [{ field: 'total', direction: 'desc', nulls: 'last' }]
    const having = [
      { not: { field: 'shop.city', value: null } },
      { field: 'count', lookup: 'gt', value: 0 },
    ]
    const sorted = await studio.rows({ ...plan, sorting, having })
    expect(sorted.map((row) => row['shop.city'])).toEqual(['Oslo', 'Rome'])
    const filters = [{ field: 'n', value: 2 }]
    expect(await studio.rows({ ...plan, filters })).toMatchObject([{ count: 1 }, { count: 1 }])
  })

  it('distinct returns each combination of the selected fields once', async () => {
    const plan = { model: 'Sale', distinct: true, select_fields: ['n'] }
    expect(await studio.rows(plan)).toEqual([{ n: 1 }, { n: 2 }, { n: null }])
    const sorting = [{ field: 'n', direction: 'desc' }]
    expect(await studio.rows({ ...plan, sorting })).toEqual([{ n: null }, { n: 2 }, { n: 1 }])
  })

  it('pages of groups follow each other by cursor', async () => {
    const plan = {
      model: 'Sale',
      group_by: ['shop.city'],
      sorting: [{ field: 'shop.city', direction: 'desc' }],
    }
    const seen: unknown[] = []
    let after: string | null | undefined
    do {
      const page = await studio.query({
        ...plan,
        pagination: { limit: 1, ...(after ? { after } : {}) },
      })
      seen.push(...(page.rows ?? []).map((row) => row['shop.city']))
      after = page.next_cursor
    } while (after)
    expect(seen).toEqual([null, 'Rome', 'Oslo'])
  })

  it.each<[string, object, Record<string, RegExp>]>([
    [
      'sensitive fields in every position',
      {
        group_by: ['card_number', 'shop.vat_token'],
        aggregates: [
          { function: 'max', field: 'card_number' },
          { function: 'count', field: 'shop.vat_token' },
        ],
        having: [{ field: 'card_number', value: 'x' }],
        sorting: [{ field: 'max_card_number' }],
      },
      {
        'group_by.0': /no field "card_number"/,
        'group_by.1': /"Shop" has no field "vat_token"/,
        'aggregates.0.field': /no field "card_number"/,
        'aggregates.1.field': /no field "vat_token"/,
        'having.0.field': /neither grouped by nor an aggregate/,
        'sorting.0.field': /neither grouped by nor an aggregate/,
      },
    ],
    [
      'an aggregate without its field, and two of one name',
      {
        aggregates: [
          { function: 'sum' },
          { function: 'count' },
          { function: 'count' },
          { function: 'max', field: 'n', as: 'count' },
        ],
      },
      {
        'aggregates.0.field': /sum needs a field/,
        'aggregates.2.as': /"count"/,
        'aggregates.3.as': /"count"/,
      },
    ],
    [
      'what has no meaning in groups',
      {
        group_by: ['n'],
        distinct: true,
        select_fields: ['n'],
        related: [{ relation: 'shop' }],
        having: [{ relation: 'shop' }],
      },
      {
        distinct: /already/,
        select_fields: /group_by/,
        related: /groups/,
        'having.0.relation': /groups/,
      },
    ],
    ['having without groups', { having: [{ field: 'n', value: 1 }] }, { having: /filters/ }],
    ['distinct without fields', { distinct: true }, { select_fields: /distinct/ }],
    [
      'an aggregate and a group that the types do not allow',
      {
        group_by: ['facts', 'n'],
        aggregates: [
          { function: 'sum', field: 'day' },
          { function: 'sum', field: 'n' },
        ],
        having: [{ field: 'sum_n', value: 'many' }],
      },
      {
        'group_by.0': /grouping is not possible: "facts" \(json\)/,
        'aggregates.0.field': /the aggregate sum is not possible: "day" \(date\)/,
        'having.0.value': /a value does not fit its field: "sum_n"/,
      },
    ],
  ])('a plan is refused that has %s', async (_what, plan, expected) => {
    const faults = await studio.refused({ model: 'Sale', pagination, ...plan })
    expect(Object.keys(faults).sort()).toEqual(Object.keys(expected).sort())
    for (const [path, message] of Object.entries(expected)) expect(faults[path]).toMatch(message)
  })

  it('a plan with groups that states no limit is refused, together with its other faults', async () => {
    const faults = await studio.refused({
      model: 'Sale',
      group_by: ['n'],
      aggregates: [{ function: 'median' }],
    })
    expect(Object.keys(faults).sort()).toEqual(['aggregates.0.function', 'pagination.limit'])
    expect(faults['pagination.limit']).toMatch(/how many groups/)
  })
})
