import { commandFailure } from './command.ts'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Studio } from '../index.ts'
import { toPublicError } from '../lib/redact.ts'

/** A Studio by shape, because the module may import another copy of this package. */
export type LoadedStudio = Pick<
  Studio,
  'fetch' | 'ready' | 'work' | 'close' | 'secured' | 'basePath'
>

const methods = ['fetch', 'ready', 'work', 'close']

/**
 * Loads the Studio that a module exports as its default.
 *
 * @throws Error if the module cannot be loaded or has no such export.
 */
export async function loadStudio(path: string): Promise<LoadedStudio> {
  const module = await importModule(path)
  if (!isStudio(module.default)) {
    throw commandFailure(`${path} must export a Studio as its default`)
  }
  return module.default
}

async function importModule(path: string): Promise<{ default?: unknown }> {
  const file = path.startsWith('file:') ? fileURLToPath(path) : resolve(path)
  if (!existsSync(file)) {
    throw commandFailure(
      `Could not load ${path}: there is no such file. Expected a module whose default export is a Studio`,
    )
  }
  try {
    return (await import(pathToFileURL(file).href)) as { default?: unknown }
  } catch (error) {
    throw commandFailure(`Could not load ${path}: ${explainImport(error, path)}`, error)
  }
}

function explainImport(error: unknown, path: string): string {
  const { code } = error as { readonly code?: unknown }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?tsx?$/.test(path)) {
    return `this Node (${process.version}) does not run TypeScript. Run \`npx tsx node_modules/.bin/fetch-studio …\`, or use Node 22.18 or newer`
  }
  const { message } = toPublicError(error)
  return `${message} (run \`node ${path}\` for details)`
}

function isStudio(value: unknown): value is LoadedStudio {
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  )
}
