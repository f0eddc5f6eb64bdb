/** Where the content of a file is: an address, or base64 with its type. */
type FileSource =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'base64'; readonly data: string; readonly mediaType: string }

/** Returns the address of a file; one in base64 gets a `data:` address. */
export function toFileUrl(source: FileSource): string {
  if (source.type === 'url') return source.url
  return `data:${source.mediaType};base64,${source.data}`
}
