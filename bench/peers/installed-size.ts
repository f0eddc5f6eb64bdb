import { execFile } from 'node:child_process'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

interface PackageJson {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** What npm installs for some packages. */
export interface InstalledSize {
  readonly bytes: number
  readonly packages: number
}

/**
 * Adds up the files of packages and of all that they need, as they are installed in a folder. Optional peers do not count, and
 * optional dependencies only if they are installed.
 */
export async function sizeOfPackages(
  names: readonly string[],
  folder: string,
): Promise<InstalledSize> {
  const found = new Map<string, number>()
  for (const name of names) await add(name, folder, found)
  const bytes = [...found.values()].reduce((sum, size) => sum + size, 0)
  return { bytes, packages: found.size }
}

/** The same for our own package, whose files are those that npm would pack. */
export async function sizeOfOurs(root: string): Promise<InstalledSize> {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: root,
  })
  const packed = JSON.parse(stdout) as unknown
  const [first] = Object.values(packed as object) as { unpackedSize: number }[]
  const { dependencies = {} } = await readManifest(root)
  const { bytes, packages } = await sizeOfPackages(Object.keys(dependencies), root)
  return { bytes: bytes + (first?.unpackedSize ?? Number.NaN), packages: packages + 1 }
}

async function add(name: string, from: string, found: Map<string, number>): Promise<void> {
  const path = await findPackage(name, from)
  if (path === undefined || found.has(path)) return
  found.set(path, await sizeOfFolder(path))
  const manifest = await readManifest(path)
  const { dependencies, optionalDependencies, peerDependencies = {} } = manifest
  const peers = Object.keys(peerDependencies).filter(
    (peer) => manifest.peerDependenciesMeta?.[peer]?.optional !== true,
  )
  for (const needed of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
    await add(needed, path, found)
  }
}

/** Finds a package as Node does: in the `node_modules` of a folder, or of one above it. */
async function findPackage(name: string, from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    if (await readManifest(path).then(Boolean, () => false)) return path
    if (folder === dirname(folder)) return undefined
  }
}

async function readManifest(folder: string): Promise<PackageJson> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson
}

/** Adds up the files of a package without those of the packages inside it. */
async function sizeOfFolder(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += entry.name === 'node_modules' ? 0 : await sizeOfFolder(path)
    else if (entry.isFile()) bytes += (await lstat(path)).size
  }
  return bytes
}
