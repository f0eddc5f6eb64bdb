import { projectName } from '../../app/about.ts'
import { apiUrl } from '../../app/api.ts'
import { token } from '../../app/session.ts'
import { type Snippet, Snippets } from '../../parts/snippets.tsx'
import { toolsTexts } from './texts.ts'

/** How MCP clients reach the tools of the project. */
export function Connect() {
  return (
    <div class="scroll api-route" tabIndex={0} role="region" aria-label={toolsTexts.connect}>
      <p>{toolsTexts.connectHint}</p>
      <Snippets label={toolsTexts.snippets} snippets={writeSnippets()} />
    </div>
  )
}

/** Writes the configuration of the usual clients. A token is named, never written. */
function writeSnippets(): Snippet[] {
  const name =
    projectName()
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'studio'
  const url = new URL('ai/mcp', apiUrl).href
  const needsToken = token.value !== null
  const header = ` \\\n  --header "Authorization: Bearer $STUDIO_TOKEN"`
  const headers = needsToken ? { headers: { Authorization: 'Bearer ${STUDIO_TOKEN}' } } : {}
  const base = apiUrl.href.replace(/\/$/, '')
  const env = needsToken ? { env: { STUDIO_TOKEN: 'your token' } } : {}
  const stdio = { command: 'npx', args: ['-y', 'fetch-studio', 'mcp', base], ...env }
  const write = (server: object) => JSON.stringify({ mcpServers: { [name]: server } }, null, 2)
  const { claude, editors, stdio: programs } = toolsTexts.clients
  return [
    {
      id: 'claude',
      title: claude,
      text: `claude mcp add --transport http ${name} '${url}'${needsToken ? header : ''}`,
    },
    { id: 'editors', title: editors, text: write({ url, ...headers }) },
    { id: 'stdio', title: programs, text: write(stdio) },
  ]
}
