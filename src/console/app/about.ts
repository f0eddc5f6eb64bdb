import { signal } from '@preact/signals'
import type { Answers } from '../../client.ts'
import { client } from './api.ts'

/** What this deployment is and offers. */
export interface About {
  readonly config: Answers['/config']
  /** Null where introspection is not served. */
  readonly handshake: Answers['/studio/handshake'] | null
}

/** What was read at the start; null before. Pages are shown when it is there. */
export const about = signal<About | null>(null)

/** Reads what this deployment offers. */
export async function readAbout(abort: AbortSignal): Promise<About> {
  const options = { signal: abort }
  const [config, handshake] = await Promise.all([
    client.get('/config', options),
    client.get('/studio/handshake', options).catch(() => null),
  ])
  return { config, handshake }
}

/** Does the runtime of agents serve this, such as `sessions` or `traces`? */
export function serves(name: string, given = about.value): boolean {
  return given?.config.capabilities[name]?.enabled ?? false
}

/** Does introspection offer this capability, such as `read_data`? */
export function offers(name: string, given = about.value): boolean {
  return given?.handshake?.capabilities.some((capability) => capability === name) ?? false
}

/** Does introspection serve this endpoint, by its name in the handshake? */
export function hasEndpoint(name: string, given = about.value): boolean {
  const { endpoints, metadata } = given?.handshake ?? {}
  return Object.hasOwn({ ...endpoints, ...metadata?.endpoint_templates }, name)
}

/** The name of the project, or of the runtime where introspection is not served. */
export function projectName(given = about.value): string {
  return given?.handshake?.project.name ?? given?.config.name ?? 'Studio'
}
