import type { Draft } from '../sets/draft.ts'

/** What the person who decides should look at twice. It is a hint, not a barrier: code can do all of it in other words. */
const notable: readonly (readonly [RegExp, string])[] = [
  [/\beval\s*\(|\bnew\s+Function\s*\(/, 'runs text as code'],
  [
    /child_process|\bexecSync\b|\bspawn(?:Sync)?\s*\(|\bBun\.\$|\bDeno\.Command\b/,
    'starts programs',
  ],
  [/\brm(?:Sync|dirSync)?\s*\(|\bunlink(?:Sync)?\s*\(/, 'deletes files'],
  [/\bprocess\.env\b|\bDeno\.env\b|\bimport\.meta\.env\b/, 'reads the environment'],
  [/\bfetch\s*\(\s*['"`]https?:/, 'sends requests to another host'],
  [/[\u202a-\u202e\u2066-\u2069]/, 'has characters that change the direction of text'],
]

/** Returns a warning for each file and kind of notable code in the lines that a draft adds. */
export function findWarnings({ files, texts }: Draft): string[] {
  return files.flatMap(({ path }, index) => {
    const added = (texts[index]?.diff ?? '')
      .split('\n')
      .filter((line) => line.startsWith('+') && !line.startsWith('+++ '))
    return notable.flatMap(([pattern, what]) =>
      added.some((line) => pattern.test(line)) ? [`${path}: an added line ${what}`] : [],
    )
  })
}
