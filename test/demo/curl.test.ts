import { describe, expect, it } from 'vitest'
import { parseCurl } from '../../examples/support-desk/curl.ts'

describe('a curl line', () => {
  it('a curl line without options is a GET, and a pipe ends it', () => {
    const { method, url } = parseCurl('curl http://127.0.0.1:1/studio/health | jq .status')

    expect([method, url]).toEqual(['GET', 'http://127.0.0.1:1/studio/health'])
  })

  it('a curl line may have a method, headers and a body of several lines', async () => {
    const request = parseCurl(
      `curl -N -X PUT http://127.0.0.1:1/a \\\n-H 'content-type: application/json' \\\n-d '{"a":\n"b c"}'`,
    )

    expect(request.method).toBe('PUT')
    expect(request.headers.get('content-type')).toBe('application/json')
    expect(await request.text()).toBe('{"a":\n"b c"}')
  })

  it('a curl line with a body is a POST', () => {
    expect(parseCurl(`curl -d '{}' http://127.0.0.1:1/`).method).toBe('POST')
  })

  it.each([
    ['another program', 'wget http://127.0.0.1:1/'],
    ['an unknown option', 'curl --insecure http://127.0.0.1:1/ x'],
    ['two addresses', 'curl http://127.0.0.1:1/ http://127.0.0.1:2/'],
    ['no address', 'curl -N'],
    ['an option without its value', 'curl http://127.0.0.1:1/ -d'],
    ['an open quote', `curl -d '{ http://127.0.0.1:1/`],
  ])('a curl line with %s is refused', (_, line) => {
    expect(() => parseCurl(line)).toThrow(Error)
  })
})
