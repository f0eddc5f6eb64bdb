import type { Inspected } from './inspected.ts'

const dayMs = 86_400_000

/** Returns why a rule that needs the counters of the server cannot run; null when it can. */
export function needsStatistics({ statistics }: Inspected): string | null {
  return statistics ? null : 'the counters of the server could not be read'
}

/**
 * Returns why a rule about unused objects cannot run; null when it can. The counters must be old enough, and must come from
 * the primary server.
 */
export function needsOldStatistics(inspected: Inspected): string | null {
  const { statistics, now, unusedAfterDays } = inspected
  if (!statistics) return needsStatistics(inspected)
  if (statistics.isReplica) return 'this is a replica, which only counts its own queries'
  const { resetAt, startedAt } = statistics
  if (startedAt === null) return 'the age of the counters is unknown'
  // A restore or a crash empties the counters without a reset, so they may be no older than the server process.
  const days = (now - Math.max(resetAt ?? 0, startedAt)) / dayMs
  if (days >= unusedAfterDays) return null
  return `the counters may be only ${Math.max(0, Math.floor(days))} days old; ${unusedAfterDays} days are needed`
}

/** Returns why a rule about exposed schemas cannot run; null when it can. */
export function needsExposedSchemas({ exposedSchemas }: Inspected): string | null {
  return exposedSchemas.size > 0 ? null : 'schemaHealth.exposedSchemas is empty'
}

/** Returns why a rule about exposed roles cannot run; null when it can. */
export function needsExposedRoles({ grants }: Inspected): string | null {
  return grants.roles.length > 0
    ? null
    : 'no role of schemaHealth.exposedRoles exists, or their grants could not be read'
}
