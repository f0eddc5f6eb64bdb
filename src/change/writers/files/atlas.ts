import { compareText } from '../../../lib/text.ts'
import { writeAtlasSum } from '../../../migrations/tools/atlas/sum-file.ts'
import type { MigrationWriter } from '../migration-writer.ts'
import { hasLine, toMigrationSteps } from '../shared/migration-steps.ts'

/** Writes a file for each part, and `atlas.sum` with all files. `atlas:txmode none` marks what runs outside of a transaction. */
export const writeAtlas: MigrationWriter = async (migration) => {
  const { migrations, paths, read } = migration
  const steps = toMigrationSteps(migration, {
    names: migrations.map(({ name }) => name),
    width: 14,
  })
  if ('unsupported' in steps) return steps
  if (hasLine(steps, /^--\s*atlas:/m)) {
    return { unsupported: 'A line of the SQL begins like a directive of Atlas, `-- atlas:`.' }
  }
  const written = steps.map(({ name, up, isTransaction }) => ({
    path: `${name}.sql`,
    content: `${[...(isTransaction ? [] : ['-- atlas:txmode none', '']), ...up].join('\n')}\n`,
  }))
  const old: { path: string; content: string }[] = []
  for (const path of paths.filter((one) => /^[^/]+\.sql$/.test(one))) {
    const content = await read(path)
    if (content === null) return { unsupported: `${path} cannot be read, so atlas.sum is unknown.` }
    old.push({ path, content })
  }
  const all = [...old, ...written].sort((a, b) => compareText(a.path, b.path))
  return {
    files: [...written, { path: 'atlas.sum', content: await writeAtlasSum(all) }],
    names: steps.map(({ name }) => name),
    notes: ['Atlas plans a way back by itself: the migration has none'],
  }
}
