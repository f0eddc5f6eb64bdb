import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../support/child.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** An engine that the bench runs, in a process and a database of its own. */
export interface Engine {
  readonly name: string
  /** The file with its program: one of ours, or one that is installed beside its packages. */
  readonly file: string
  readonly args?: readonly string[]
  /** Durable steps of a unit: a workflow, a run or a job. */
  readonly steps: number
  /** Units in a round, and a quarter of them before it. */
  readonly units: number
  readonly inFlight: number
}

/** What the process of an engine used for a number of units, in milliseconds. */
export interface Spent {
  readonly ms: number
  readonly appMs: number
}

/** The floor: single-row commits over 16 connections. */
export const floor: Engine = {
  name: 'single-row commits, 16 connections',
  file: 'floor.mjs',
  steps: 1,
  units: 20_000,
  inFlight: 16,
}

const workflow = { steps: 5, units: 1_000, inFlight: 32 }
const job = { steps: 1, units: 2_000, inFlight: 32 }

/** The engines, in the order of the first round. */
export const engines: readonly Engine[] = [
  floor,
  { ...workflow, name: 'fetch-studio, run of 3 turns and 2 tool calls', file: 'ours.ts' },
  { ...workflow, name: 'DBOS, 5 steps', file: 'dbos.mjs' },
  { ...workflow, name: 'OpenWorkflow, 5 steps', file: 'openworkflow.mjs' },
  { ...job, name: 'pg-boss, job', file: 'pg-boss.mjs' },
  { ...job, name: 'graphile-worker, job', file: 'graphile-worker.mjs' },
  {
    ...job,
    name: 'graphile-worker, batches of 500',
    file: 'graphile-worker.mjs',
    args: ['batched'],
    units: 20_000,
  },
]

/** Starts the process of an engine and waits until it is ready. */
export async function startEngine(
  { file, args = [] }: Engine,
  folder: string,
  url: string,
): Promise<ChildProcess> {
  const env = { ...process.env, NODE_NO_WARNINGS: '1' }
  const child = file.endsWith('.ts')
    ? fork('scripts/run-ts.mjs', [join('bench/engines', file), url, ...args], { cwd: root, env })
    : fork(join(folder, file), [url, ...args], { cwd: folder, env })
  await messageOf(child)
  return child
}

/** Has an engine run units. */
export async function runUnits(child: ChildProcess, units: number, inFlight: number) {
  child.send({ units, inFlight })
  return (await messageOf(child)) as Spent
}

/** Ends the process of an engine. */
export async function stopEngine(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.disconnect()
  await exited
}
