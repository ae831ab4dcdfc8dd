import type { Plan } from '../../../clients/typescript/src/types';
import { useTemplate } from '../order/templates';
import { DataTable } from '../../parts/data-table';
import { Skeleton } from '../../parts/skeleton';

interface Difference {
  name: string;
  planned: unknown;
  ordered: unknown;
  limits: string;
}

/** What an order asks for beyond its plan, beside what the plan has. */
export function Differences({ plan, requested, required }: DifferencesProps) {
  const template = useTemplate(plan);
  if (!template) return <Skeleton lines={Object.keys(requested).length + 1} height={40} />;
  const rows = Object.entries(requested).map(([name, ordered]): Difference => {
    const rule = template.customizations.validationRules.find(({ customization }) => customization === name);
    return { name, ordered, planned: rule && valueAt(template, rule.target), limits: limitsOf(rule?.schema) };
  });
  return (
    <DataTable
      label="Differences to the plan"
      columns={[
        { name: 'Customization', cell: ({ name }) => name },
        { name: 'In the plan', cell: ({ planned }) => text(planned), align: 'end' },
        { name: 'Ordered', cell: ({ ordered }) => <strong>{text(ordered)}</strong>, align: 'end' },
        { name: 'Allowed', cell: ({ limits }) => limits, align: 'end' },
        { name: 'Needs approval', cell: ({ name }) => (required.includes(name) ? 'yes' : 'no') },
      ]}
      rows={rows}
      idOf={({ name }) => name}
    />
  );
}

interface DifferencesProps {
  plan: Plan;
  requested: Record<string, unknown>;
  required: readonly string[];
}

/** The value at a JSON pointer (RFC 6901). */
export function valueAt(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], document);
}

/** The range of a JSON Schema in words: "10 to 500". */
export function limitsOf(schema: Record<string, unknown> = {}): string {
  const { minimum, maximum, enum: values } = schema;
  if (Array.isArray(values)) return values.map(text).join(', ');
  if (minimum !== undefined && maximum !== undefined) return `${text(minimum)} to ${text(maximum)}`;
  return schema['type'] === 'boolean' ? 'yes or no' : '–';
}

function text(value: unknown): string {
  if (value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
