import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

/** A column of a {@link DataTable}. */
export interface Column<Row> {
  name: string;
  cell: (row: Row) => ReactNode;
  align?: 'end';
}

/** What a {@link DataTable} shows. */
export interface DataTableProps<Row> {
  /** What the rows are, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  idOf: (row: Row) => string;
  /** Called when the last rows come into sight and there are more to read. */
  onMore?: (() => void) | undefined;
}

/** Rows up to which all of them are in the document, where the browser's own search finds them. */
const ALL_UP_TO = 60;
const ROW_HEIGHT = 41;

/** A table. Of many rows only those in sight are in the document; on a narrow screen each row becomes a card. */
export function DataTable<Row>({ label, columns, rows, idOf, onMore }: DataTableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop((body.current?.getBoundingClientRect().top ?? 0) + scrollY), []);
  const isLong = rows.length > ALL_UP_TO;
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 15,
    enabled: isLong,
    getItemKey: (index) => idOf(rows[index]!),
    scrollMargin: top,
  });
  const items = isLong ? virtual.getVirtualItems() : rows.map((_, index) => ({ index }));
  const first = isLong ? virtual.getVirtualItems()[0] : undefined;
  const last = isLong ? virtual.getVirtualItems().at(-1) : undefined;
  return (
    <div className="table-frame">
      <table className="table" aria-label={label} aria-rowcount={onMore ? -1 : rows.length + 1}>
        <thead>
          <tr>
            {columns.map(({ name, align }) => (
              <th key={name} scope="col" data-align={align}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {first && <Spacer height={first.start - top} columns={columns.length} />}
          {items.map(({ index }) => {
            const row = rows[index]!;
            return (
              <tr
                key={idOf(row)}
                data-index={index}
                aria-rowindex={index + 2}
                ref={isLong ? virtual.measureElement : undefined}
              >
                {columns.map(({ name, cell, align }) => (
                  <td key={name} data-label={name} data-align={align}>
                    <div>{cell(row)}</div>
                  </td>
                ))}
              </tr>
            );
          })}
          {last && <Spacer height={virtual.getTotalSize() - (last.end - top)} columns={columns.length} />}
        </tbody>
      </table>
      {onMore && <Sentinel key={rows.length} onSight={onMore} />}
    </div>
  );
}

/** Takes the place of rows that are out of sight. */
function Spacer({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" className="spacer">
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

/** Asks for the next page when the viewer has nearly scrolled to the end. */
function Sentinel({ onSight }: { onSight: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && onSight(),
      { rootMargin: '800px' },
    );
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, [onSight]);
  return (
    <div ref={place} className="more" role="status">
      Loading more…
    </div>
  );
}
