import { StudioError } from '../../errors.ts'
import type { Snapshot } from './snapshot.ts'

/** Returns the error of every request for rows while it is unknown which fields are sensitive. */
export function unknownExposure(): StudioError {
  const reason =
    'the models and their sensitive columns could not be read yet; see GET /studio/health'
  return new StudioError('unavailable', `No data is shown: ${reason}`, {
    headers: { 'retry-after': '5' },
  })
}

/** Returns the error of every request for a model while it is unknown which models there are. */
export function unknownModels(): StudioError {
  return new StudioError(
    'unavailable',
    'The models could not be read yet; see GET /studio/health',
    {
      headers: { 'retry-after': '5' },
    },
  )
}

/**
 * Returns the models that clients may see.
 *
 * @throws StudioError `unavailable` if there is none because they were never read: an empty list would be a wrong answer.
 */
export function knownModels({
  models,
  exposure,
}: Pick<Snapshot, 'models' | 'exposure'>): Snapshot['models'] {
  if (models.length === 0 && exposure === 'unknown') throw unknownModels()
  return models
}
