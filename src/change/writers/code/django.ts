import { findHeads } from '../../../migrations/core/heads.ts'
import { readAssignment, readPairs } from '../../../migrations/tools/python-text.ts'
import type { MigrationWriter, NewMigration } from '../migration-writer.ts'
import { noteIrreversible } from '../shared/notes.ts'
import { toPythonString } from '../shared/python.ts'
import { type Step, toMigrationSteps } from '../shared/migration-steps.ts'

/** Writes a migration with one `RunSQL` for each part; `atomic = False` marks what runs outside of a transaction. */
export const writeDjango: MigrationWriter = async (migration) => {
  const { migrations } = migration
  const [head, ...more] = findHeads(migrations[0]?.app ?? '', migrations)
  if (head === undefined || more.length > 0) {
    return { unsupported: 'A new migration needs one leaf to follow; there are none or several.' }
  }
  const label = await readLabel(migration)
  if (label === null) {
    return { unsupported: 'No migration names the label of its app in Django, so it is unknown.' }
  }
  const steps = toMigrationSteps(migration, { names: migrations.map(({ name }) => name), width: 4 })
  if ('unsupported' in steps) return steps
  return {
    files: steps.map((step, index) => ({
      path: `${step.name}.py`,
      content: toText(step, label, steps[index - 1]?.name ?? head),
    })),
    names: steps.map(({ name }) => name),
    notes: [
      ...noteIrreversible(steps),
      'The state of Django does not change: "makemigrations" writes the change of a model again, unless it is put under SeparateDatabaseAndState',
    ],
  }
}

/** Reads the label with which migrations of the app name each other. */
async function readLabel({ migrations, read }: NewMigration): Promise<string | null> {
  const names = new Set(migrations.map(({ name }) => name))
  for (const { name } of migrations) {
    const pairs = readPairs(readAssignment((await read(`${name}.py`)) ?? '', 'dependencies'))
    const [label] = pairs.find(([, one]) => names.has(one)) ?? []
    if (label !== undefined) return label
  }
  return null
}

function toText({ up, down, isTransaction }: Step, label: string, before: string): string {
  const list = (sql: readonly string[]) =>
    sql.map(
      (one) => `                (\n${toPythonString(one, ' '.repeat(20))}\n                ),`,
    )
  const back = down === null ? [] : ['            reverse_sql=[', ...list(down), '            ],']
  return [
    'from django.db import migrations',
    '',
    '',
    'class Migration(migrations.Migration):',
    ...(isTransaction ? [] : ['    atomic = False', '']),
    `    dependencies = [(${JSON.stringify(label)}, ${JSON.stringify(before)})]`,
    '',
    '    operations = [',
    '        migrations.RunSQL(',
    '            sql=[',
    ...list(up),
    '            ],',
    ...back,
    '        ),',
    '    ]',
    '',
  ].join('\n')
}
