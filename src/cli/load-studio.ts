import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Studio } from '../index.ts'
import { toPublicError } from '../lib/redact.ts'

/** A Studio by shape, because the module may import another copy of this package. */
export type LoadedStudio = Pick<Studio, 'fetch' | 'ready' | 'work' | 'close' | 'secured'>

const methods = ['fetch', 'ready', 'work', 'close']

/**
 * Loads the Studio that a module exports as its default.
 *
 * @throws Error if the module cannot be loaded or has no such export.
 */
export async function loadStudio(path: string): Promise<LoadedStudio> {
  const module = await importModule(path)
  if (!isStudio(module.default)) throw new Error(`${path} must export a Studio as its default`)
  return module.default
}

async function importModule(path: string): Promise<{ default?: unknown }> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown }
  } catch (error) {
    const { message } = toPublicError(error)
    const text = `Could not load ${path} (run \`node ${path}\` for details): ${message}`
    throw new Error(text, { cause: error })
  }
}

function isStudio(value: unknown): value is LoadedStudio {
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  )
}
