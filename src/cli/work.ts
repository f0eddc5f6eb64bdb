import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { closeOnSignals } from '../adapters/signals.ts'
import type { Studio } from '../index.ts'
import { toPublicError } from '../lib/redact.ts'
import type { Command } from './command.ts'

/** `fetch-studio work`: advances runs without serving requests, until a signal. */
export const work: Command = {
  name: 'work',
  usage: 'work <module>',
  summary: 'Advances runs that other instances accepted, without serving HTTP',
  notes: [
    '<module>   a JavaScript module whose default export is a Studio; the stores must be shared',
    'SIGINT and SIGTERM stop it: turns in progress end, the rest is handed over',
  ],
  options: {},
  operands: 1,
  async run({ operands: [path = ''] }, { print }) {
    const studio = await loadStudio(path)
    const forgetSignals = closeOnSignals(() => studio.close())
    try {
      await studio.ready()
      print('Working; a signal ends it')
      await studio.work()
    } finally {
      forgetSignals()
    }
  },
}

type Worker = Pick<Studio, 'ready' | 'work' | 'close'>

async function loadStudio(path: string): Promise<Worker> {
  const module = await importModule(path)
  if (!isWorker(module.default)) throw new Error(`${path} must export a Studio as its default`)
  return module.default
}

async function importModule(path: string): Promise<{ default?: unknown }> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown }
  } catch (error) {
    const { message } = toPublicError(error)
    const told = `${path} could not be loaded (\`node ${path}\` tells more): ${message}`
    throw new Error(told, { cause: error })
  }
}

/** By shape: the module may have another copy of this package. */
function isWorker(value: unknown): value is Worker {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['ready', 'work', 'close'].every(
      (name) => typeof (value as Record<string, unknown>)[name] === 'function',
    )
  )
}
