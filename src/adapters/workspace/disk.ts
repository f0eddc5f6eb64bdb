import { constants } from 'node:fs'
import * as files from 'node:fs/promises'
import { StudioError } from '../../errors.ts'
import { errorCode } from '../../lib/failures/error-code.ts'

/** What a workspace needs of a file system. Tests replace it by one that fails. */
export type Disk = Pick<
  typeof files,
  | 'link'
  | 'lstat'
  | 'mkdir'
  | 'open'
  | 'readdir'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rmdir'
  | 'unlink'
>

/** The file system of the host. */
export const hostDisk: Disk = files

// Windows lacks some of them.
const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = constants
const { O_NOFOLLOW = 0, O_DIRECTORY = 0, O_NONBLOCK = 0 } = constants

/** Opens a folder itself, never the one that a link names. */
export const folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW

/** Opens a file that exists and is not a link. A pipe does not block. */
export const readFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK

/** Creates a file, and fails if there is anything of its name. */
export const createFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW

/** Returns true for an error of the file system with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(errorCode(error))
}

const reasons: readonly (readonly [RegExp, string, string])[] = [
  [/^(?:ENOSPC|EDQUOT|EFBIG)$/, 'disk_full', 'The disk of the workspace is full'],
  [
    /^(?:EROFS|EACCES|EPERM)$/,
    'not_permitted',
    'The workspace does not permit this process to write',
  ],
  [
    /^(?:EMFILE|ENFILE|EBUSY|EIO|ETIMEDOUT|ESTALE)$/,
    'disk_failed',
    'The disk of the workspace failed',
  ],
]

/** Explains an error of the file system to a client, without a path; any other error stays as it is. */
export function explainDiskError(error: unknown): unknown {
  const code = errorCode(error)
  const known = reasons.find(([pattern]) => pattern.test(code))
  if (!known || error instanceof StudioError) return error
  const [, reason, message] = known
  return new StudioError('unavailable', message, {
    details: { reason },
    cause: error,
  })
}
