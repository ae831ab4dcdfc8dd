import './charts.css';

/** A column of a {@link ColumnsChart}, with its parts from below. */
export interface ChartColumn {
  label: string;
  parts: readonly { value: number; tone: 'ok' | 'bad' | 'accent' | 'soft' }[];
  /** Said on hover. */
  text: string;
}

const HEIGHT = 120;
const SLOT = 20;

/** Columns over time, drawn without numbers: a table beside it has them, and screen readers skip the drawing. */
export function ColumnsChart({ columns }: { columns: readonly ChartColumn[] }) {
  const highest = Math.max(1, ...columns.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0)));
  const width = Math.max(columns.length * SLOT, SLOT);
  return (
    <svg
      className="columns-chart"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {columns.map(({ label, parts, text }, index) => (
        <g key={label}>
          <title>{text}</title>
          <rect className="column-ground" x={index * SLOT} y={0} width={SLOT} height={HEIGHT} />
          {stacked(parts, highest).map(({ tone, y, height }) => (
            <rect key={tone} data-fill={tone} x={index * SLOT + 3} y={y} width={SLOT - 6} height={height} />
          ))}
        </g>
      ))}
    </svg>
  );
}

function stacked(parts: ChartColumn['parts'], highest: number) {
  let from = HEIGHT;
  return parts.map(({ value, tone }) => {
    const height = ((HEIGHT - 4) * value) / highest;
    from -= height;
    return { tone, y: from, height };
  });
}
