import { StudioError } from '../../errors.ts'

/** Returns the error of every request for rows while it is unknown which fields are sensitive. */
export function unknownExposure(): StudioError {
  const reason =
    'the models and their sensitive columns could not be read yet; see GET /studio/health'
  return new StudioError('unavailable', `No data is shown: ${reason}`, {
    headers: { 'retry-after': '5' },
  })
}
