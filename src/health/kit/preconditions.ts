import type { Inspected } from './inspected.ts'

const dayMs = 86_400_000
// If the counters were never reset, this many scans show that the database has been in use for a while.
const minScans = 10_000

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
  if (statistics.resetAt !== null) {
    const days = (now - statistics.resetAt) / dayMs
    if (days >= unusedAfterDays) return null
    return `the counters were reset ${Math.max(0, Math.floor(days))} days ago; ${unusedAfterDays} days are needed`
  }
  let scans = 0
  for (const count of statistics.indexScans.values()) scans += count
  for (const { sequentialScans } of statistics.tables.values()) scans += sequentialScans
  return scans >= minScans ? null : 'the database has hardly been used since the counters started'
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
