import type { RouteSource } from '../../project/routes.ts'
import type { Offer } from '../module.ts'
import { toReadTools } from './read-tools.ts'
import { type ExposedParts, toResourceTools } from './resource-tools.ts'
import type { StudioTool } from '../model/tool.ts'

const longestName = 64

/** Lists everything AI clients may call, sorted by name; nothing where the tools are switched off. */
export function listTools(
  exposed: ExposedParts,
  routes: readonly RouteSource[],
  offer: Offer,
): StudioTool[] {
  if (!offer.capabilities.includes('ai_tools')) return []
  const taken = new Set<string>()
  return [...toReadTools(offer), ...toResourceTools(exposed, routes)]
    .map((tool) => ({ ...tool, name: claimName(tool.name, taken) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Two resources of one model, or a model named like a tool of ours, get `_2`, `_3`, … in declared order. */
function claimName(wanted: string, taken: Set<string>): string {
  for (let copy = 1; ; copy++) {
    const suffix = copy === 1 ? '' : `_${copy}`
    const name = wanted.slice(0, longestName - suffix.length) + suffix
    if (taken.has(name)) continue
    taken.add(name)
    return name
  }
}
