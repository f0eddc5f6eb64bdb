import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { s3Blobs } from '../../../src/blobs.ts'
import { fileBlobs } from '../../../src/adapters/node.ts'
import { memoryBlobs } from '../../../src/testing.ts'
import { blobsContract } from '../../../src/testing/contracts/index.ts'
import { itKeeps } from '../../support/contract.ts'
import { s3Credentials, startS3Server } from '../../support/s3-server.ts'

describe('memoryBlobs', () => {
  itKeeps(blobsContract(() => ({ blobs: memoryBlobs() })))
})

describe('fileBlobs', () => {
  itKeeps(
    blobsContract(() => {
      const folder = mkdtempSync(join(tmpdir(), 'blobs-'))
      const close = () => rmSync(folder, { recursive: true, force: true })
      return { blobs: fileBlobs(join(folder, 'new')), close }
    }),
  )
})

describe('s3Blobs', () => {
  itKeeps(
    blobsContract(async () => {
      const { endpoint, close } = await startS3Server()
      const options = { endpoint, bucket: 'runs', credentials: s3Credentials }
      return { blobs: s3Blobs({ ...options, prefix: 'studio/own/' }), close }
    }),
  )
})
