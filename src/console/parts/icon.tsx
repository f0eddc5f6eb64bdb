/** The drawn lines of each icon, in a square of 16. */
const shapes = {
  runs: 'M3 4h6M3 8h10M5 12h8',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.500h11',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.600 10.600 14 14',
  close: 'm4 4 8 8M12 4l-8 8',
  check: 'm3 8.500 3.500 3.500L13 5',
  right: 'm6 3.500 4.500 4.500L6 12.500',
  down: 'm3.500 6 4.500 4.500L12.500 6',
  copy: 'M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z',
  attach:
    'M13 7.500 8 12.500a3 3 0 0 1-4.300-4.300l5.500-5.500a2 2 0 0 1 2.900 2.900l-5.500 5.500a1 1 0 0 1-1.400-1.400l5-5',
  link: 'M9.500 2.500h4v4M13.500 2.500 7.500 8.500M11.500 9.500v4h-9v-9h4',
  stop: 'M4 4h8v8H4z',
  again: 'M13 8a5 5 0 1 1-1.500-3.500M13 2v3h-3',
  keys: 'M1.500 4h13v8h-13zM4 6.500h.01M6.700 6.500h.01M9.300 6.500h.01M12 6.500h.01M5 9.500h6',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7Z',
  system: 'M1.500 2.500h13v8h-13zM5.500 13.500h5',
  out: 'M6 2.500H2.500v11H6M10 5l3 3-3 3M13 8H6',
  warning: 'M8 2 14.500 13.500h-13zM8 6.500v3M8 11.500v.01',
  person:
    'M8 7.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM3 13.500c.500-3 2.500-4 5-4s4.500 1 5 4',
  model: 'M8 1.500 9.500 6.500l5 1.500-5 1.500L8 14.500l-1.500-5-5-1.500 5-1.500z',
  tool: 'M10 2.500a3.500 3.500 0 0 0-3.300 4.700L2.500 11.400l2.100 2.100 4.200-4.200A3.500 3.500 0 0 0 13.300 5L11 7.300 8.700 5 11 2.700z',
  agent: 'M3 6h10v7H3zM8 6V3M6 9v1M10 9v1',
  approvals:
    'M8 1.500 13.500 3.500v4c0 3.500-2.500 6-5.500 7-3-1-5.500-3.500-5.500-7v-4zM5.500 8l2 2 3-3.500',
  chat: 'M2 3h12v8H7l-3 3v-3H2z',
  overview: 'M2 9h4v5H2zM2 2h4v4H2zM9 2h5v7H9zM9 12h5v2H9z',
  schema: 'M2 2.500h5v4H2zM9 9.500h5v4H9zM4.500 6.500v5H9',
  health: 'M1.500 8h3l2-5 3 10 2-5h3',
  migrations: 'M4 2v12M4 5a4 4 0 0 0 4 4h4M12 7l2 2-2 2',
  data: 'M2 3h12v10H2zM2 6.500h12M6 6.500V13',
  api: 'm5 4-3.500 4L5 12M11 4l3.500 4L11 12',
} as const

/** The name of an icon, such as `search`. */
export type IconName = keyof typeof shapes

/** A small drawing beside a text, hidden from screen readers. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  )
}
