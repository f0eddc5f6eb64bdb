/** The texts of the change sets. */
export const changesTexts = {
  details: 'Change set',
  status: 'Status',
  all: 'All',
  change: 'Change',
  expiry: 'Expires',
  filesTitle: 'Files',
  asked: 'Asked',
  none: 'No change sets',
  noneHint: 'A patch that somebody previews appears here.',
  gone: 'Choose a change set.',
  close: 'Close the details',
  states: {
    pending: 'Pending',
    approved: 'Approved',
    applying: 'Being applied',
    applied: 'Applied',
    migrating: 'Migrating',
    rolling_back: 'Being rolled back',
    rolled_back: 'Rolled back',
    rejected: 'Rejected',
    expired: 'Expired',
  },
  destructive: 'Takes away',
  warnings: 'Warnings',
  askedBy: 'Asked by',
  base: 'Commit',
  digest: 'Digest',
  unnamed: 'unnamed',
  files: (count: number) => (count === 1 ? '1 file' : `${count} files`),
  history: 'History',
  reason: 'Reason',
  approve: 'Approve',
  reject: 'Reject',
  apply: 'Apply',
  rollBack: 'Roll back',
  approveFirst: 'A person must approve it first.',
  willWrite:
    'Writes these files exactly as they are shown here. If one cannot be written, none is.',
  willRestore:
    'Restores these files to what they were before. If somebody has edited one since, nothing is restored.',
  /** What to do about each reason of a refusal; other reasons are states. */
  refusals: {
    approval_required: 'A person must approve it first. Read it, then approve it.',
    digest_mismatch:
      'It has other contents than those shown. Load the page again and read it anew.',
    changed_since_preview: 'The project has changed since. Nothing was written.',
    busy: 'Another change set is being written. Try again in a moment.',
    expired: 'It has expired. Ask for a new preview of the change.',
    rejected: 'It was rejected. Ask for another change.',
    rolled_back: 'It was rolled back. Ask for a new preview of the change.',
  } as Readonly<Record<string, string>>,
  meanwhile: (state: string) =>
    `It is in another state meanwhile: ${state}. Read its history before you go on.`,
  affected: (what: string) => `Preview the change again. Affected: ${what}.`,
  waiting: (count: string) =>
    count === '1'
      ? '1 change set waits for a decision'
      : `${count} change sets wait for a decision`,
} as const
