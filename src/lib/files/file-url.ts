import { isBase64 } from './base64.ts'

/**
 * Returns what is wrong with the address of a file that goes to a model; null when nothing is. An address is absolute, or
 * a `data:` URL in base64. It does not name a file of this machine or a host of a private network, because whoever fetches
 * it may sit there.
 */
export function fileUrlFault(url: string): string | null {
  if (url.startsWith('data:')) {
    return dataUrl(url) === null ? 'must be a data: URL with content in base64' : null
  }
  if (!URL.canParse(url)) return 'must be an absolute URL'
  const { protocol, hostname } = new URL(url)
  if (localProtocols.has(protocol)) return `must not be a ${protocol} URL`
  if (protocol !== 'http:' && protocol !== 'https:') return null
  return isPrivateHost(hostname) ? 'must not point into a private network' : null
}

const localProtocols = new Set(['file:', 'blob:', 'javascript:', 'about:'])

/** Reads a `data:` URL in base64. Returns null for any other URL. */
export function dataUrl(url: string): { readonly mediaType: string; readonly data: string } | null {
  const comma = url.indexOf(',')
  const head = /^data:([^;,]*)(?:;[^,]*)?;base64$/.exec(url.slice(0, Math.max(0, comma)))
  const data = url.slice(comma + 1)
  return head && isBase64(data) ? { mediaType: head[1] ?? '', data } : null
}

const privateNames = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa)$/
const privateIpv4 =
  /^(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./
const privateIpv6 = /^(?:::1?$|f[cd]|fe[89ab])/

/** Is this the host of a parsed `http:` URL in a private network, by its name or its address? */
function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '')
  if (!host.startsWith('[')) {
    const isAddress = /^[\d.]+$/.test(host)
    return isAddress ? privateIpv4.test(host) : !host.includes('.') || privateNames.test(host)
  }
  const address = host.slice(1, -1)
  const embedded = /^(?:::ffff:|64:ff9b::)([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address)
  if (!embedded) return privateIpv6.test(address)
  const [high = 0, low = 0] = embedded.slice(1).map((group) => Number.parseInt(group, 16))
  return privateIpv4.test(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`)
}
