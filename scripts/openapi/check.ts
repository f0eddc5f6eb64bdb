// Checks the OpenAPI document with the tools of others: npm run openapi:check. Two linters must find nothing, and what three
// generators write must compile. The tools are installed into .tools/openapi, because only this script needs them.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeDocument } from './make-document.ts'

const folder = join(fileURLToPath(new URL('../..', import.meta.url)), '.tools/openapi')
const tools = [
  '@redocly/cli@2.77.0',
  '@stoplight/spectral-cli@6.16.3',
  'openapi-typescript@7.13.0',
  '@hey-api/openapi-ts@0.99.0',
  'orval@8.38.0',
  'typescript@5.9.3',
]

const run = (...command: string[]): string => {
  const [program = '', ...args] = command
  try {
    const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync(join('node_modules/.bin', program), args, options)
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    return `failed: ${stdout}${stderr}`
  }
}

mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
if (tools.some((tool) => !existsSync(join(folder, 'node_modules', tool.replace(/@[^@]+$/, ''))))) {
  const install = ['install', '--no-audit', '--no-fund', '--save-exact', ...tools]
  execFileSync('npm', install, { cwd: folder, stdio: 'inherit' })
}
const document = await makeDocument()
writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document, null, 2))
writeFileSync(join(folder, '.spectral.yaml'), 'extends: ["spectral:oas"]\n')
// A2A puts the action of a task into the segment of its id: `tasks/{id}:cancel`
const ofA2a = '#/paths/~1a2a~1{agentId}~1v1~1tasks~1{taskId}'
writeFileSync(
  join(folder, '.redocly.lint-ignore.yaml'),
  `openapi.json:\n  no-ambiguous-paths:\n    - '${ofA2a}'\n`,
)
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      skipLibCheck: true,
      lib: ['es2022', 'dom', 'dom.iterable'],
    },
    include: ['openapi-typescript.ts', 'hey-api/**/*.ts', 'orval.ts'],
  }),
)

const problems: string[] = []
const expectClean = (name: string, output: string, clean: RegExp) => {
  const isClean = clean.test(output) && !output.startsWith('failed:')
  console.log(`${name}: ${isClean ? 'clean' : 'not clean'}`)
  if (!isClean) problems.push(`${name}:\n${output.slice(0, 6_000)}`)
}

expectClean(
  'redocly',
  run('redocly', 'lint', 'openapi.json', '--format=json', '--extends=recommended'),
  /"warnings": ?0/,
)
expectClean(
  'spectral',
  run('spectral', 'lint', '--fail-severity=hint', 'openapi.json'),
  /No results/,
)
expectClean(
  'openapi-typescript',
  run('openapi-typescript', 'openapi.json', '-o', 'openapi-typescript.ts'),
  /./s,
)
expectClean(
  'hey-api',
  run('openapi-ts', '-i', 'openapi.json', '-o', 'hey-api', '-c', '@hey-api/client-fetch'),
  /./s,
)
expectClean(
  'orval',
  run('orval', '--input', 'openapi.json', '--output', 'orval.ts', '--client', 'fetch'),
  /./s,
)
expectClean('tsc --strict', `ok${run('tsc', '-p', '.')}`, /^ok$/)

/** Successful answers whose schema says nothing. */
const unknown = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([, { responses }]) =>
      Object.entries(responses).some(
        ([status, { content }]) =>
          status < '300' &&
          Object.values(content ?? {}).some(({ schema }) => Object.keys(schema).length === 0),
      ),
    )
    .map(([method]) => `${method} ${path}`),
)
expectClean('answers without a shape', unknown.join(), /^$/)

if (problems.length > 0) {
  console.log(problems.join('\n\n'))
  process.exitCode = 1
}
