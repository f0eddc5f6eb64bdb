/** What a page gets: the parameters of its path, decoded. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>
}
