import { isoTime } from '../../lib/clock.ts'
import { describeRuntime } from '../model/runtime-name.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import type { RuntimeInfo } from './panels-answers.ts'
import { readProcess } from './process.ts'

/** Answers `GET /studio/runtime/info`, after pinging the database. */
export async function readRuntimeInfo(
  { project, debug, environment, publicPath }: IntrospectionModule,
  scope: RequestScope,
): Promise<RuntimeInfo> {
  const [database, snapshot] = await Promise.all([scope.status(), scope.snapshot()])
  const { pid, startedAt, uptimeMs } = readProcess()
  return {
    app_version: protocolLevel,
    python_version: describeRuntime(),
    debug,
    env: environment,
    pid,
    start_time: startedAt === null ? null : isoTime(Math.round(startedAt)),
    uptime_seconds: uptimeMs === null ? null : Math.round(uptimeMs) / 1000,
    database_status: toStatus(database.connected, snapshot.problems),
    pending_migrations: snapshot.migrations.pending,
    installed_apps: project.apps.map(({ label }) => label),
    studio_enabled: true,
    studio_base_path: `${publicPath}/studio`,
  }
}

function toStatus(
  isConnected: boolean,
  problems: readonly string[],
): RuntimeInfo['database_status'] {
  if (!isConnected) return 'disconnected'
  return problems.length > 0 ? 'degraded' : 'ok'
}
