import { badRequest, StudioError } from '../../errors.ts'
import type { Snapshot } from '../../introspection/model/snapshot.ts'
import type { IntrospectionModule } from '../../introspection/module.ts'
import { conflict } from '../sets/state.ts'
import type { MigratedApp } from './write-files.ts'

type Project = IntrospectionModule['project']

/** Lists the labels of the apps that have migrations. */
export function listMigratedApps({ apps }: Project): string[] {
  return apps.filter(({ migrations }) => migrations !== null).map(({ label }) => label)
}

/** Finds an app with its migrations. @throws StudioError `bad_request` for an app that is unknown or has none. */
export function findMigratedApp(
  project: Project,
  { migrations: { migrations } }: Pick<Snapshot, 'migrations'>,
  label: string,
): MigratedApp {
  const app = project.apps.find((each) => each.label === label)
  if (app?.migrations) {
    return {
      label,
      source: app.migrations,
      migrations: migrations.filter((one) => one.app === label),
    }
  }
  const known = listMigratedApps(project).join(', ') || 'there are none'
  const message = app
    ? 'has no migrations, so nothing would change its tables'
    : `is no app of the project; those with migrations: ${known}`
  throw badRequest(`Invalid app: it ${message}`, [{ path: 'app', message }])
}

/**
 * A migration is computed from the live database. That would be wrong while a migration of the app waits, which runs before it.
 * Those of other apps may run later, or at any time before: then the structure changes, and the change set is refused.
 *
 * @throws StudioError `unavailable` when it is not known what has run, `conflict` when something waits or branches.
 */
export function checkReadable(
  { migrations: overview, problems }: Pick<Snapshot, 'migrations' | 'problems'>,
  { label }: Pick<MigratedApp, 'label'>,
): void {
  const { migrations, apps, cyclic, sources } = overview
  const unread = sources.find((one) => one.status === 'unknown')
  const failed = problems.find((text) =>
    /^(?:applied migrations|migrations of [\w-]+): /.test(text),
  )
  if (unread || failed !== undefined) {
    const reason = unread
      ? `migrations of ${unread.label}: ${unread.problems[0] ?? 'they could not be read'}`
      : failed
    throw new StudioError('unavailable', `It is not known which migrations have run: ${reason}`)
  }
  const waiting = migrations.filter(({ app, state }) => app === label && isWaiting(state))
  if (waiting.length > 0) {
    const names = waiting.slice(0, 5).map(({ app, name }) => `${app}.${name}`)
    throw conflict(
      'migrations_pending',
      `${waiting.length === 1 ? '1 migration has' : `${waiting.length} migrations have`} not run, so the database is not what a new one would find: ${names.join(', ')}. Run them first`,
      { migrations: waiting.slice(0, 100).map(({ app, name, state }) => ({ app, name, state })) },
    )
  }
  const own = apps.find((each) => each.label === label)
  if (own?.hasConflicts || cyclic.some((name) => name.startsWith(`${label}.`))) {
    const reasons = own?.conflicts ?? []
    throw conflict(
      'migrations_conflict',
      `The migrations of ${label} are in conflict: ${reasons.join(' ') || 'they depend on each other in a circle'}`,
      { conflicts: reasons, heads: own?.heads ?? [] },
    )
  }
}

/** Warns of the migrations of other apps that have not run. */
export function warnOfOthers(
  { migrations: { migrations } }: Pick<Snapshot, 'migrations'>,
  { label }: Pick<MigratedApp, 'label'>,
): string[] {
  const waiting = migrations.filter(({ app, state }) => app !== label && isWaiting(state))
  const names = waiting.slice(0, 5).map(({ app, name }) => `${app}.${name}`)
  return waiting.length === 0
    ? []
    : [`Migrations of other apps have not run (${waiting.length}): ${names.join(', ')}`]
}

function isWaiting(state: Snapshot['migrations']['migrations'][number]['state']): boolean {
  return state !== 'applied' && state !== 'modified' && state !== 'skipped_forever'
}
