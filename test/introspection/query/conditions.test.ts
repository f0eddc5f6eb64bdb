import { beforeAll, expect, it } from 'vitest'
import { describePostgres } from '../../support/postgres.ts'
import { createQueryStudio } from '../../support/query.ts'

const tables = `
  create table items (
    id int primary key, n int, name text, tags text[], sizes int[], facts jsonb, raw json, day date, "a.b" int
  );
  insert into items values
    (1, 1, 'Ada', '{red,blue}', '{1,2}', '{"k": 1, "deep": {"list": ["a", 5]}, "none": null}', '{"k": 1}', '2024-01-01', 7),
    (2, 5, 'b%', '{blue,NULL}', '{}', '{"k": "1", "deep": {"list": []}}', '{"k": 2}', '2024-02-01', null),
    (3, null, 'C"\\', null, null, null, null, null, null),
    (4, 9, 'd', '{"x,y","q\\"r"}', '{3}', '[1, 2]', '[]', '2024-03-01', null);
`

describePostgres('conditions of a plan', ({ createDatabase }) => {
  let studio: ReturnType<typeof createQueryStudio>
  beforeAll(async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(tables)
    studio = createQueryStudio(sql)
  })
  const is = (field: string, value: unknown, lookup = 'exact', path?: string[]) => ({
    field,
    value,
    lookup,
    ...(path ? { path } : {}),
  })
  const facts = (path: string[], value: unknown, lookup = 'exact') =>
    is('facts', value, lookup, path)

  it.each<[string, object, number[]]>([
    ['or', { or: [is('n', 1), is('name', 'd')] }, [1, 4]],
    ['and within or', { or: [{ and: [is('n', 1), is('name', 'd')] }, is('n', 5)] }, [2]],
    ['not, which leaves out rows without a value', { not: is('n', 1) }, [2, 4]],
    ['not null', { not: is('n', null) }, [1, 2, 4]],
    ['not or', { not: { or: [is('n', 1), is('n', 5)] } }, [4]],
    ['between, with both ends', is('n', [1, 5], 'between'), [1, 2]],
    ['between dates', is('day', ['2024-01-15', '2024-03-01'], 'between'), [2, 4]],
    ['is_null', is('n', true, 'is_null'), [3]],
    ['a name with a dot', is('a.b', 7), [1]],
    ['an array that contains items', is('tags', ['blue'], 'array_contains'), [1, 2]],
    ['an array with special letters', is('tags', ['x,y', 'q"r'], 'array_contains'), [4]],
    ['an array of numbers that overlaps', is('sizes', [2, 3], 'array_overlaps'), [1, 4]],
    ['an array within a list', is('sizes', [1, 2, 3], 'array_contained_by'), [1, 2, 4]],
    ['JSON that contains JSON', is('facts', { k: 1 }, 'json_contains'), [1]],
    ['JSON that is contained', is('facts', [1, 2, 3], 'json_contained_by'), [4]],
    ['a key of JSON', is('facts', 'none', 'json_has_key'), [1]],
    ['any key of JSON', is('facts', ['none', 'k'], 'json_has_any_key'), [1, 2]],
    ['all keys of JSON', is('facts', ['none', 'k'], 'json_has_all_keys'), [1]],
    ['the same of the type json', is('raw', { k: 2 }, 'json_contains'), [2]],
    ['a number in JSON', facts(['k'], 1), [1]],
    ['a text in JSON', facts(['k'], '1'), [2]],
    ['an item of a list in JSON', facts(['deep', 'list', '1'], 2, 'gt'), [1]],
    ['a range in JSON', facts(['deep', 'list', '1'], [5, 6], 'between'), [1]],
    ['one of several in JSON', facts(['k'], [1, '1'], 'in'), [1, 2]],
    ['nothing in JSON', facts(['deep'], true, 'is_null'), [3, 4]],
    ['null in JSON', facts(['none'], null), [1, 2, 3, 4]],
    ['something in JSON', facts(['k'], false, 'isnull'), [1, 2]],
    ['a part of a text in JSON', facts(['deep', 'list', '0'], 'A', 'icontains'), [1]],
    ['JSON within JSON', facts(['deep'], { list: ['a'] }, 'json_contains'), [1]],
  ])('rows are found by %s', async (_what, filter, found) => {
    const rows = await studio.rows({ model: 'Item', filters: [filter], select_fields: ['id'] })
    expect(rows.map(({ id }) => id)).toEqual(found)
  })

  it('each value, lookup and field at fault is named, however deep it stands', async () => {
    const faults = await studio.refused({
      model: 'Item',
      filters: [
        { or: [is('n', 1), { not: { and: [is('nope', 1), is('n', 1, 'startswith')] } }] },
        is('n', [1], 'between'),
        is('n', 1, 'is_null'),
        is('tags', 'red', 'array_contains'),
        is('facts', 5, 'json_has_key'),
        is('facts', 1, 'array_overlaps', ['k']),
        is('name', null, 'gt'),
        is('n', 9007199254740992),
      ],
    })
    expect(Object.keys(faults)).toEqual([
      'filters.0.or.1.not.and.0.field',
      'filters.0.or.1.not.and.1.lookup',
      'filters.1.value',
      'filters.2.value',
      'filters.3.value',
      'filters.4.value',
      'filters.5.lookup',
      'filters.6.value',
      'filters.7.value',
    ])
  })

  it('each condition that the server refuses is named, however deep it stands', async () => {
    const faults = await studio.refused({
      model: 'Item',
      filters: [
        { or: [is('n', 'soon'), { not: is('day', 'never') }] },
        is('name', ['a'], 'array_contains'),
        is('sizes', ['a'], 'array_contains'),
        is('n', 1, 'exact', ['k']),
      ],
    })
    expect(faults).toEqual({
      'filters.0.or.0.value': 'a value does not fit its field: "n" (integer)',
      'filters.0.or.1.not.value': 'a value does not fit its field: "day" (date)',
      'filters.1.value': 'the lookup array_contains is not possible: "name" (text)',
      'filters.2.value': 'a value does not fit its field: "sizes" (integer[])',
      'filters.3.value': 'the lookup exact is not possible: "n" (integer)',
    })
  })

  it.each<[string, object, string[]]>([
    ['an or that is no list', { or: is('n', 1) }, ['filters.0.or']],
    ['an empty or', { or: [] }, ['filters.0.or']],
    ['a not that is a list', { not: [] }, ['filters.0.not']],
    ['two kinds of condition at once', { or: [is('n', 1)], value: 1 }, ['filters.0.value']],
    ['a condition without a field', { value: 1 }, ['filters.0.field']],
    ['a fault within an or', { or: [{ field: 'n' }] }, ['filters.0.or.0.value']],
    ['an unknown key', { not: is('n', 1), also: 1 }, ['filters.0.also']],
  ])('%s is refused where it stands', async (_what, filter, paths) => {
    expect(Object.keys(await studio.refused({ model: 'Item', filters: [filter] }))).toEqual(paths)
  })

  it('conditions that are nested too deep, or too many, are refused', async () => {
    const nested = Array.from({ length: 9 }).reduce<object>((inner) => ({ not: inner }), is('n', 1))
    const deep = await studio.refused({ model: 'Item', filters: [nested] })
    expect(Object.values(deep)).toEqual(['Conditions contain conditions more than 8 deep'])
    const many = Array.from({ length: 5 }, () => ({
      or: Array.from({ length: 50 }, () => is('n', 1)),
    }))
    const faults = await studio.refused({ model: 'Item', filters: many })
    expect(Object.values(faults)).toEqual(['The plan has more than 200 conditions'])
  })
})
