/** Outlines on a grid of 16, drawn with a line of 1.5. */
const PATHS = {
  now: 'M8 4.5V8l2.5 1.5M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z',
  operations: 'M2 4h6M5 8h7M9 12h5',
  tenants: 'M2 13.5V5l6-3 6 3v8.5M6 13.5v-3h4v3M5.5 7h.01M10.5 7h.01',
  approvals: 'M8 1.8l5.5 2V8c0 3.2-2.3 5.3-5.5 6.3C4.8 13.3 2.5 11.2 2.5 8V3.800zM5.5 8l2 2 3-3.5',
  order: 'M8 3v10M3 8h10',
  templates: 'M2.5 3h11v3.500h-11zM2.5 9.500h4.500v4h-4.500zM10 9.500h3.500v4H10z',
  metrics: 'M2.5 13.500V9M6.2 13.500V3M9.8 13.500V6.500M13.5 13.500V10.5',
  webhooks: 'M6 6a2.5 2.5 0 1 1 3.5 2.200l2 3.300M8 5.500L5 11a2 2 0 1 1-1.5-1.500M7 11.500h5a1.8 1.8 0 1 1-.5 1.3',
  billing: 'M2 4h12v8.5H2zM2 7h12M4.5 10h3',
  audit: 'M4 2h6l2.5 2.500V14H4zM6.5 7h4M6.5 10h4',
  sweeps: 'M10.5 2L7 8M4 8.500h6.500l1.5 5.500H2.500zM6 11v3M9 11v3',
  settings:
    'M8 5.800a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.400zM8 1.500v2M8 12.500v2M1.5 8h2M12.5 8h2M3.4 3.400l1.4 1.400M11.2 11.200l1.4 1.400M12.6 3.400l-1.4 1.400M4.8 11.200l-1.4 1.4',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  search: 'M7 2.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.500L14 14',
  person: 'M8 2.500a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.400zM2.5 14c.5-3 2.7-4.3 5.5-4.300s5 1.3 5.5 4.3',
  leave: 'M9.5 2.500h4v11h-4M2.5 8h7M6.8 5L10 8l-3.2 3',
  check: 'M3 8.500L6.5 12 13 4.5',
  cross: 'M3.5 3.500l9 9M12.5 3.500l-9 9',
  warning: 'M8 2.200L14.5 13.500h-13zM8 6.500v3.300M8 11.600h.01',
  waiting: 'M4 2h8M4 14h8M5 2v2.500L8 8l3-3.500V2M5 14v-2.500L8 8l3 3.500V14',
  running: 'M5 3l8 5-8 5z',
  undo: 'M3 6.500h7a3.5 3.5 0 0 1 0 7H6M6 3.500l-3 3 3 3',
  circle: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z',
  skip: 'M3 3.500L9 8l-6 4.500zM12 3.500v9',
  copy: 'M5.5 5.500h8v8h-8zM10.5 5.500v-3h-8v8h3',
  link: 'M6 3H3v10h10v-3M9 2.500h4.500V7M13.5 2.500L7.5 8.5',
  down: 'M4 6l4 4 4-4',
} as const;

/** Name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon beside words that say the same; hidden from screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
