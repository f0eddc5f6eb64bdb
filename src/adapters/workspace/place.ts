import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Disk, hasCode } from './disk.ts'

/** Returns the path of a folder below `root`, which is a real path, with `/` between its segments; null for any other folder. */
export async function placeOf(
  disk: Pick<Disk, 'realpath' | 'lstat'>,
  root: string,
  folder: string | URL,
): Promise<string | null> {
  const real = await realPlace(disk, resolve(toPath(folder)))
  const path = real === null ? null : relative(root, real)
  if (path === null || isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`)) return null
  return path.split(sep).join('/')
}

function toPath(folder: string | URL): string {
  return folder instanceof URL ? fileURLToPath(folder) : folder
}

/** Follows the links of what exists, and appends the names of what does not; null where a link leads nowhere or in a circle. */
async function realPlace(
  disk: Pick<Disk, 'realpath' | 'lstat'>,
  place: string,
): Promise<string | null> {
  try {
    return await disk.realpath(place)
  } catch (error) {
    if (hasCode(error, 'ENOTDIR', 'EACCES', 'ELOOP')) return null
    if (!hasCode(error, 'ENOENT') || dirname(place) === place) throw error
    const isLink = await disk.lstat(place).then(
      () => true, // there is an entry, but it leads nowhere
      () => false,
    )
    const above = isLink ? null : await realPlace(disk, dirname(place))
    return above === null ? null : join(above, basename(place))
  }
}
