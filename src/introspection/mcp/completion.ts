import {
  type CompleteRequestParams,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server'
import { severities } from '../../project/schema-health-options.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { promptArguments } from './prompts.ts'
import { listTemplates, migrationNames, modelNames } from './resources.ts'
import { type McpView, snapshotOf } from './view.ts'

/** Most values in one answer, as the protocol says. */
const maxValues = 100

/** What an argument can be, by its name, which means the same in every prompt and template. */
const candidates: Readonly<Record<string, (snapshot: Snapshot) => readonly string[]>> = {
  model: modelNames,
  migration: migrationNames,
  severity: () => severities,
}

/**
 * Completes an argument of a prompt or of a resource template. Names that begin with the value come first, then those that
 * contain it.
 *
 * @throws ProtocolError for a prompt, a template or an argument that does not exist.
 */
export async function complete(
  view: McpView,
  { ref, argument: { name, value } }: CompleteRequestParams,
): Promise<CompleteResult['completion']> {
  const known =
    ref.type === 'ref/prompt' ? promptArguments(view, ref.name) : templateArguments(view, ref.uri)
  if (!known.includes(name)) {
    throw invalid(`There is no argument '${name.slice(0, 64)}'. Known: ${known.join(', ')}`)
  }
  const toNames = Object.hasOwn(candidates, name) ? candidates[name] : undefined
  if (!toNames) return { values: [], total: 0, hasMore: false } // free text
  const found = findNames(toNames(await snapshotOf(view)), value.toLowerCase())
  const values = found.slice(0, maxValues)
  return { values, total: found.length, hasMore: found.length > values.length }
}

function findNames(names: readonly string[], value: string): string[] {
  const begins = (name: string) => {
    const lower = name.toLowerCase()
    return lower.startsWith(value) || lower.slice(lower.indexOf('.') + 1).startsWith(value)
  }
  const first = names.filter(begins)
  const others = names.filter((name) => !begins(name) && name.toLowerCase().includes(value))
  return [...first, ...others]
}

function templateArguments(view: McpView, uri: string): string[] {
  const found = listTemplates(view).find(({ uriTemplate }) => uriTemplate === uri)
  if (!found) throw invalid(`Resource template ${uri.slice(0, 300)} not found`)
  return [found.name]
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}
