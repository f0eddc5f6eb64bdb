import type typescript from 'typescript'

/** The part of the package `typescript` that reads code. */
export type Compiler = typeof typescript

// a name that no bundler follows: the compiler has 9 MB, and only a project with such models needs it
const packageName: string = 'typescript'

/** Loads the compiler of the project; null where `typescript` 5 or 6 is not installed. */
export async function loadCompiler(): Promise<Compiler | null> {
  const loaded = await import(packageName).catch(() => null)
  const { default: compiler } = (loaded ?? {}) as { readonly default?: Partial<Compiler> }
  // version 7 has no such functions
  const isUsable = compiler?.createSourceFile && compiler.transpileModule
  return isUsable ? (compiler as Compiler) : null
}
