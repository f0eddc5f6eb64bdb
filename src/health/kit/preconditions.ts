import type { Inspected } from './inspected.ts'

const dayMs = 86_400_000
/** With counters that were never reset, this many scans show that the database has been in use for a while. */
const scansOfUse = 10_000

/** For rules that need counters. */
export function needsStatistics({ statistics }: Inspected): string | null {
  return statistics ? null : 'the counters of the server could not be read'
}

/** For rules that judge by what did not happen: the counters must be old enough, and those of the writing server. */
export function needsOldStatistics(inspected: Inspected): string | null {
  const { statistics, now, unusedAfterDays } = inspected
  if (!statistics) return needsStatistics(inspected)
  if (statistics.isReplica) return 'this is a replica, which counts for itself'
  if (statistics.resetAt !== null) {
    const days = (now - statistics.resetAt) / dayMs
    if (days >= unusedAfterDays) return null
    return `the counters were reset ${Math.max(0, Math.floor(days))} days ago, ${unusedAfterDays} are needed`
  }
  let scans = 0
  for (const count of statistics.indexScans.values()) scans += count
  for (const { sequentialScans } of statistics.tables.values()) scans += sequentialScans
  return scans >= scansOfUse
    ? null
    : 'the counters are too young: the database has hardly been used'
}

/** For rules about what an API shows. */
export function needsExposedSchemas({ exposedSchemas }: Inspected): string | null {
  return exposedSchemas.size > 0 ? null : 'no schema is named in schemaHealth.exposedSchemas'
}

/** For rules about what roles of an API may do. */
export function needsExposedRoles({ exposure }: Inspected): string | null {
  return exposure.roles.length > 0
    ? null
    : 'no role of schemaHealth.exposedRoles exists, or their rights could not be read'
}
