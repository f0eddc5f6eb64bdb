/** Returns the curl lines of Studio's two API pages, for a support desk at `url`. */
export function curlLines(url: string): string[] {
  const run = `${url}/agents/support-operations/runs`
  return [
    `curl ${url}/studio/handshake | jq`,
    `curl ${url}/studio/health | jq`,
    `curl ${url}/studio/context/summary | jq`,
    `curl ${url}/studio/migrations/summary | jq`,
    `curl ${url}/studio/schema/handshake | jq`,
    `curl ${url}/ai/context/full | jq`,
    `curl -X POST ${run} \\
-H 'content-type: application/json' \\
-d '{
"message": "Summarize order ORD-1001.",
"maxTurns": 3,
"trace": {
"name": "manual-test",
"userId": "dev_1",
"tags": ["studio"]
}
}'`,
    `curl -N -X POST ${run} \\
-H 'content-type: application/json' \\
-d '{"message":"Summarize order ORD-1001.","stream":true}'`,
  ]
}

/**
 * Converts a curl line to its request. It understands `-X`, `-H`, `-d` and `-N`, single quotes and lines that end in a
 * backslash, and ignores a pipe and the text after it.
 *
 * @throws Error for any other line.
 */
export function parseCurl(line: string): Request {
  const [program, ...words] = splitWords(line)
  if (program !== 'curl') throw new Error(`Not a curl line: ${line}`)
  const headers = new Headers()
  let url: string | null = null
  let method: string | null = null
  let body: string | null = null
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '-N') continue
    if (!word.startsWith('-')) {
      if (url !== null) throw new Error(`Two addresses in: ${line}`)
      url = word
      continue
    }
    const value = words[++at]
    if (value === undefined) throw new Error(`${word} needs a value in: ${line}`)
    if (word === '-X') method = value
    else if (word === '-d') body = value
    else if (word === '-H')
      headers.append(value.slice(0, value.indexOf(':')), value.slice(value.indexOf(':') + 1))
    else throw new Error(`Unknown option ${word} in: ${line}`)
  }
  if (url === null) throw new Error(`No address in: ${line}`)
  return new Request(url, { method: method ?? (body === null ? 'GET' : 'POST'), headers, body })
}

function splitWords(line: string): string[] {
  const words: string[] = []
  const token = /\s+|\\\n|\|.*|'([^']*)'|([^\s'"|\\]+)/suy
  while (token.lastIndex < line.length) {
    const match = token.exec(line)
    if (!match) throw new Error(`Unreadable: ${line}`)
    const word = match[1] ?? match[2]
    if (word !== undefined) words.push(word)
  }
  return words
}
