export {
  type PgBossDispatcherOptions,
  type PgBossLike,
  pgBossDispatcher,
  type RunJob,
} from './agents/dispatch/pg-boss.ts'
