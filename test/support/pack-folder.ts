import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** An empty folder for the package that the test files of this run share: `packLibrary` fills it. */
    packFolder: string
  }
}

/** Provides a folder for the packed library; returns a function that removes it. A new one for each round of `vitest --watch`. */
export default function setup(project: TestProject): () => void {
  const folders: string[] = []
  const provide = () => {
    const folder = mkdtempSync(join(tmpdir(), 'fetch-studio-pack-'))
    folders.push(folder)
    project.provide('packFolder', folder)
  }
  provide()
  project.onTestsRerun(async () => provide())
  return () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }))
}
