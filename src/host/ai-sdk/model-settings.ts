import type { ModelSettings } from '../../agents/model/call.ts'
import { isRecord } from '../../lib/json.ts'
import { callSettings, type Members } from './settings.ts'

/** Returns the settings that every call of the model has. */
export function readModelSettings(settings: Members): ModelSettings {
  const entries = callSettings.flatMap((name) =>
    settings[name] === undefined ? [] : [[name, settings[name]]],
  )
  const { toolChoice } = settings
  const choice =
    isRecord(toolChoice) && toolChoice['type'] === 'tool'
      ? { toolName: toolChoice['toolName'] }
      : toolChoice
  // The AI SDK's types say what these are, and its names and values are those of the model specification.
  return Object.fromEntries([
    ...entries,
    ...(choice === undefined ? [] : [['toolChoice', choice]]),
  ]) as ModelSettings
}

/** Returns the milliseconds of a run, or null without a limit. Adds a fault for limits of steps, chunks and tools. */
export function readTimeout(timeout: unknown, faults: string[]): number | null {
  if (timeout === undefined) return null
  if (typeof timeout === 'number') return timeout
  const { totalMs, ...others } = isRecord(timeout) ? timeout : {}
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) faults.push(`timeout.${name}: only a run as a whole has a limit`)
  }
  return typeof totalMs === 'number' ? totalMs : null
}
