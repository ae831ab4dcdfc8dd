import { Link, useParams } from 'wouter';
import { apiUrl } from '../../api/address';
import { DataTable, type Column } from '../../parts/tables/data-table';
import { EmptyState } from '../../parts/states/empty-state';
import { ErrorState } from '../../parts/states/error-state';
import { PageHeader } from '../../parts/page-header';
import { Facts, Section } from '../../parts/section';
import { PageSkeleton } from '../../parts/states/skeleton';
import { compareTemplates, placeText, ruleText, valueAt, valueAtText, type Row } from './compare';
import { priceText } from './price';
import { useTemplates, type Template } from './read';
import { Versions } from './versions';
import './templates.css';

type Rule = Template['customizations']['validationRules'][number];

/** What one plan provisions, and what of it an order may change. */
export default function TemplatePage() {
  const { plan } = useParams();
  const { templates, error, retry } = useTemplates();
  if (!templates) return error ? <ErrorState error={error} onRetry={retry} /> : <PageSkeleton />;
  const template = templates.find(({ subscriptionPlan }) => subscriptionPlan === plan);
  if (!template)
    return (
      <EmptyState title="There is no such plan">
        <Link href="/templates">Look at all plans</Link>
      </EmptyState>
    );
  return <Shown template={template} />;
}

/** The parts of a template that get a table of their own, with their titles. */
const PARTS: readonly (readonly [pointer: string, title: string])[] = [
  ['/resources', 'Resources'],
  ['/configuration', 'Configuration'],
  ['/backup', 'Backups'],
  ['/compliance', 'Compliance'],
  ['/recovery', 'Recovery'],
  ['/trial', 'Trial'],
  ['/removal', 'Removal'],
  ['/customerMail', 'Mail to the customer'],
];

function Shown({ template }: { template: Template }) {
  const { templateId, templateName, version, subscriptionPlan, billing, customizations } = template;
  const rows = compareTemplates([template]);
  return (
    <>
      <PageHeader
        title={templateName}
        actions={
          <a className="button" href={`${apiUrl}/v1/templates/${subscriptionPlan}`} target="_blank" rel="noreferrer">
            As JSON
          </a>
        }
      >
        version {version}
      </PageHeader>
      <Section title="About">
        <Facts
          facts={[
            ['Id', templateId],
            ['Price', priceText(billing)],
            ['Counted', billing.meters.map(({ displayName }) => displayName).join(', ') || 'nothing'],
          ]}
        />
      </Section>
      <Section title="What an order may change">
        {customizations.validationRules.length === 0 ? (
          <EmptyState title="Nothing" />
        ) : (
          <DataTable
            label="Customizations"
            columns={rulesColumns(template)}
            rows={customizations.validationRules}
            idOf={({ customization }) => customization}
          />
        )}
      </Section>
      {PARTS.map(([pointer, title]) => {
        const own = rows.filter((row) => row.pointer.startsWith(`${pointer}/`));
        if (own.length === 0) return null;
        return (
          <Section key={pointer} title={title}>
            <DataTable label={title} columns={valueColumns(pointer)} rows={own} idOf={(row) => row.pointer} />
          </Section>
        );
      })}
      <Versions plan={subscriptionPlan} />
    </>
  );
}

function rulesColumns(template: Template): readonly Column<Rule>[] {
  const { requiredApprovals } = template.customizations;
  return [
    { name: 'Customization', cell: ({ customization }) => <code>{customization}</code> },
    { name: 'In the plan', cell: ({ target }) => valueAtText(target, valueAt(template, target)) },
    { name: 'Allowed', cell: ({ schema }) => ruleText(schema) },
    {
      name: 'Approval',
      cell: ({ customization }) => (requiredApprovals.includes(customization) ? 'an approver decides' : 'not needed'),
    },
  ];
}

function valueColumns(part: string): readonly Column<Row>[] {
  return [
    { name: 'Value', cell: ({ pointer }) => placeText(pointer.slice(part.length)) },
    { name: 'Is', cell: ({ pointer, values }) => valueAtText(pointer, values[0]) },
  ];
}
