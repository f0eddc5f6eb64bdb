import { compareText } from '../../lib/text.ts'
import type { Steps } from '../../lib/steps/turns.ts'
import { uniqueName } from '../../lib/unique-name.ts'
import type { RouteSource } from '../../project/routes.ts'
import type { StudioTool } from '../model/tool.ts'
import type { Served } from '../module.ts'
import { withSafeArguments } from './argument-names.ts'
import { operationFinder } from './operations.ts'
import { toReadTools } from './read-tools.ts'
import { resourceTools, type VisibleParts } from './resource-tools.ts'

const maxNameLength = 64

/** Lists every tool that AI clients may call, sorted by name; none without the capability `ai_tools`. */
export function* collectTools(
  visible: VisibleParts,
  routes: readonly RouteSource[],
  served: Served,
): Steps<StudioTool[]> {
  if (!served.capabilities.includes('ai_tools')) return []
  const takenNames = new Set<string>()
  const finish = (tool: StudioTool): StudioTool => {
    const name = claimName(tool.name, takenNames)
    return withSafeArguments(name === tool.name ? tool : { ...tool, name })
  }
  const tools = toReadTools(served).map(finish)
  const operationsOf = visible.resources.length > 0 ? yield* operationFinder(routes) : () => []
  for (const ofResource of resourceTools(visible, operationsOf)) {
    tools.push(...ofResource.map(finish))
    yield
  }
  return tools.sort((a, b) => compareText(a.name, b.name))
}

/** Appends `_2`, `_3`, … to a name that is taken, for example by another resource of the same model. */
function claimName(preferred: string, taken: Set<string>): string {
  const options = { separator: '_', maxLength: maxNameLength } as const
  const name = uniqueName(preferred, (candidate) => taken.has(candidate), options)
  taken.add(name)
  return name
}
