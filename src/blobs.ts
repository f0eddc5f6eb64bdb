export { blobStores, type BlobStoresOptions } from './storage/blobs/with-blobs.ts'
export type { BlobEntry, BlobPage, Blobs } from './storage/blobs/port.ts'
export { s3Blobs, type S3BlobsOptions } from './storage/blobs/s3/bucket-blobs.ts'
export type { S3Credentials } from './storage/blobs/s3/send.ts'
