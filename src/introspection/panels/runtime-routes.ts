import { findResource } from '../model/prefixes.ts'
import { placeRoute, type RoutePlaces } from '../model/route-place.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { RuntimeRoute } from './panels-answers.ts'

/** Answers `GET /studio/runtime/routes`: each route of the snapshot, and what it belongs to. */
export function listRuntimeRoutes(
  { routes, resources, models }: Snapshot,
  places: RoutePlaces,
): RuntimeRoute[] {
  const apps = new Map(models.map(({ name, app }) => [name, app]))
  return routes.map(({ path, method, name }) => {
    const resource = findResource(resources, path)
    const { isStudio, isAi, isAdmin } = placeRoute(path, places)
    return {
      path,
      methods: [method],
      name: name ?? null,
      app_label: (resource && apps.get(resource.model)) ?? null,
      is_studio: isStudio,
      is_admin: isAdmin,
      is_ai: isAi,
    }
  })
}
