import type { MigrationWriter } from './migration-writer.ts'

const writers: Readonly<Record<string, () => Promise<MigrationWriter>>> = {
  sql: async () => (await import('./files/sql.ts')).writeSql,
  dbmate: async () => (await import('./files/dbmate.ts')).writeDbmate,
  goose: async () => (await import('./files/goose.ts')).writeGoose,
  'golang-migrate': async () => (await import('./files/golang.ts')).writeGolang,
  flyway: async () => (await import('./files/flyway.ts')).writeFlyway,
  prisma: async () => (await import('./files/prisma.ts')).writePrisma,
  drizzle: async () => (await import('./files/drizzle/drizzle.ts')).writeDrizzle,
  supabase: async () => (await import('./files/supabase.ts')).writeSupabase,
  'graphile-migrate': async () => (await import('./files/graphile.ts')).writeGraphile,
  atlas: async () => (await import('./files/atlas.ts')).writeAtlas,
  knex: async () => (await import('./code/knex.ts')).writeKnex,
  kysely: async () => (await import('./code/kysely.ts')).writeKysely,
  'node-pg-migrate': async () => (await import('./code/node-pg-migrate.ts')).writeNodePg,
  sequelize: async () => (await import('./code/sequelize.ts')).writeSequelize,
  'mikro-orm': async () => (await import('./code/mikro-orm.ts')).writeMikroOrm,
  typeorm: async () => (await import('./code/typeorm.ts')).writeTypeorm,
  alembic: async () => (await import('./code/alembic.ts')).writeAlembic,
  django: async () => (await import('./code/django.ts')).writeDjango,
}

/** Resolves to the writer for the `tool` of a source of migrations; null if there is none. Each is loaded on demand. */
export async function findWriter(tool: string): Promise<MigrationWriter | null> {
  return Object.hasOwn(writers, tool) ? ((await writers[tool]?.()) ?? null) : null
}
