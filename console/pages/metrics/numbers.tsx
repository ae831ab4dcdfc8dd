import { DataTable, type DataTableProps } from '../../parts/tables/data-table';

/** The numbers of a chart as a table, shown on demand. */
export function Numbers<Row>(props: DataTableProps<Row>) {
  return (
    <details className="numbers">
      <summary>The numbers as a table</summary>
      <DataTable {...props} />
    </details>
  );
}
