import { DataTable, type DataTableProps } from '../../parts/tables/data-table';

/** The numbers of a chart as a table beneath it, shown on demand unless it `isOpen`. */
export function Numbers<Row>({ isOpen = false, ...props }: DataTableProps<Row> & { isOpen?: boolean }) {
  return (
    <details className="numbers" open={isOpen}>
      <summary>The numbers as a table</summary>
      <DataTable {...props} />
    </details>
  );
}
