/** Characters that no path may have: NTFS and shells give them a meaning, `:` begins a stream or ends a drive. */
const forbidden = /[<>:"|?*\\]/

/** Control, format and private characters, halves of surrogate pairs, and code points without a meaning. Some file systems ignore them. */
const invisible = /\p{C}/u

/** Names of devices on Windows, with any extension. */
const device = /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:\.|$)/i

/** Short names of Windows, such as `GIT~1` for `.git`. */
const shortName = /~\d/

const maxPathBytes = 1_024
const maxSegmentBytes = 255 - 60 // the name of the temporary file is longer
const maxSegments = 32

/**
 * Returns why a text is not a path inside a workspace, or null. A path is relative, has `/` between its segments, is in
 * Unicode normal form C, and names the same file on every file system.
 */
export function findPathFault(path: string): string | null {
  if (path === '') return 'is empty'
  if (invisible.test(path)) return 'has control or invisible characters'
  if (path.includes('\\')) return 'has a backslash; segments are separated by "/"'
  if (path.startsWith('/')) return 'is absolute'
  if (/^[a-z]:/i.test(path)) return 'begins with a drive letter'
  if (forbidden.test(path)) return 'has one of the characters < > : " | ? *'
  if (path !== path.normalize('NFC')) return 'is not in Unicode normal form C'
  if (byteLength(path) > maxPathBytes) return `is longer than ${maxPathBytes} bytes`
  const segments = path.split('/')
  if (segments.length > maxSegments) return `has more than ${maxSegments} segments`
  for (const segment of segments) {
    const fault = findSegmentFault(segment)
    if (fault) return fault
  }
  return null
}

function findSegmentFault(segment: string): string | null {
  if (segment === '') return 'has an empty segment'
  if (segment === '.' || segment === '..') return `has the segment "${segment}"`
  if (/^[\s]|[\s.]$/u.test(segment))
    return 'has a segment that begins or ends with a space or ends with a dot'
  if (shortName.test(segment)) return 'has a short name of Windows'
  if (device.test(segment)) return 'has the name of a device'
  return byteLength(segment) > maxSegmentBytes
    ? `has a segment of more than ${maxSegmentBytes} bytes`
    : null
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

/** Returns the text by which paths are compared: equal for all that any file system may take for the same name. */
export function foldPath(path: string): string {
  return path.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
}
