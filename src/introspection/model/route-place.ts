import type { Project } from '../../project/project.ts'

/** What decides which part of the whole a route belongs to. */
export interface RoutePlaces {
  readonly publicPath: string
  readonly project: Pick<Project, 'admin'>
}

/** Tells whether a path belongs to Studio, to its part for AI clients, or to the admin site of the project. */
export function placeRoute(
  path: string,
  { publicPath, project: { admin } }: RoutePlaces,
): { readonly isStudio: boolean; readonly isAi: boolean; readonly isAdmin: boolean } {
  return {
    isStudio: isAtOrBelow(path, `${publicPath}/studio`),
    isAi: isAtOrBelow(path, `${publicPath}/ai`),
    isAdmin: admin !== null && isAtOrBelow(path, admin),
  }
}

function isAtOrBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`)
}
