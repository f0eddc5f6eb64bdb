/**
 * Checks a URL of the options and returns it.
 *
 * @throws TypeError unless it is an absolute http or https URL without a fragment and without credentials, which `fetch` refuses.
 */
export function checkTarget(option: string, value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (url && isHttp && url.username === '' && url.password === '' && url.hash === '') {
    return url.href
  }
  throw new TypeError(`${option} must be an absolute http or https URL without credentials`)
}
