/** Files of one folder; where there is no file system, a build step can provide them. */
export interface MigrationFiles {
  /** Names, without the folder, in any order; files that are no migrations may be among them. */
  list(): Promise<readonly string[]>
  read(name: string): Promise<Uint8Array>
}

/** Reads a folder of the host's file system; a folder that does not exist has no files. Nothing below it is listed. */
export function folderFiles(folder: string | URL): MigrationFiles {
  return {
    async list() {
      const { readdir } = await import('node:fs/promises')
      try {
        const entries = await readdir(folder, { withFileTypes: true })
        return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
      } catch (error) {
        if ((error as { code?: unknown }).code === 'ENOENT') return []
        throw error
      }
    },
    async read(name) {
      const { readFile } = await import('node:fs/promises')
      return readFile(
        typeof folder === 'string' ? `${folder}/${name}` : new URL(name, slashed(folder)),
      )
    },
  }
}

function slashed(folder: URL): URL {
  return folder.pathname.endsWith('/') ? folder : new URL(`${folder.href}/`)
}
