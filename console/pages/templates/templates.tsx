import { Link } from 'wouter';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { ErrorState } from '../../parts/states/error-state';
import { useFilters } from '../../parts/forms/filters';
import { ISOLATION } from '../../parts/isolation';
import { PageHeader } from '../../parts/page-header';
import { Section } from '../../parts/section';
import { PageSkeleton } from '../../parts/states/skeleton';
import { compareTemplates, placeText, valueAtText, type Row } from './compare';
import { priceText } from './price';
import { useTemplates, type Template } from './read';
import './templates.css';

/** The plans side by side. */
export default function Templates() {
  const { templates, error, retry } = useTemplates();
  const [{ show }, change] = useFilters(['show']);
  if (!templates) return error ? <ErrorState error={error} onRetry={retry} /> : <PageSkeleton />;
  const compared = compareTemplates(templates).filter(({ pointer }) => !HEAD.test(pointer));
  const rows = show === 'all' ? compared : compared.filter(({ differs }) => differs);
  return (
    <>
      <PageHeader title="Templates" />
      <div className="plan-cards">
        {templates.map((template) => (
          <PlanCard key={template.templateId} template={template} />
        ))}
      </div>
      <Section
        title={show === 'all' ? 'Every value' : 'Differences'}
        actions={
          <label className="inline-check">
            <input
              type="checkbox"
              checked={show === 'all'}
              onChange={({ target }) => change({ show: target.checked ? 'all' : undefined })}
            />
            Also what they have in common
          </label>
        }
      >
        <div className="plan-values">
          <DataTable
            label="Plans side by side"
            columns={columnsOf(templates)}
            rows={rows}
            idOf={({ pointer }) => pointer}
          />
        </div>
      </Section>
    </>
  );
}

/** What the cards above say in words, and the rules, which each plan's own page has. */
const HEAD = /^\/(?:templateId|templateName|subscriptionPlan|billing\/prices\/.*|customizations\/validationRules)$/;

function PlanCard({ template }: { template: Template }) {
  const { subscriptionPlan, templateName, version, resources, billing, customizations } = template;
  return (
    <Section title={<Link href={`/templates/${subscriptionPlan}`}>{templateName}</Link>} note={`version ${version}`}>
      <ul className="plan-facts">
        <li>{priceText(billing)}</li>
        <li>
          Database: {ISOLATION[resources.database.isolation]}; {resources.storage.quotaGb} GB of storage
        </li>
        <li>{customizations.allowedCustomizations.length} values can be customized</li>
      </ul>
    </Section>
  );
}

function columnsOf(templates: readonly Template[]): readonly Column<Row>[] {
  return [
    { name: 'Value', cell: ({ pointer }) => placeText(pointer) },
    ...templates.map(({ templateName }, index) => ({
      name: templateName,
      cell: ({ pointer, values }: Row) => valueAtText(pointer, values[index]),
    })),
  ];
}
