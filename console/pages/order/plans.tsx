import type { Plan } from '../../../clients/typescript/src/types';
import { money } from './money';
import type { Template } from './templates';

const ISOLATION: Record<Template['resources']['database']['isolation'], string> = {
  pooled: 'tables shared with others',
  schema: 'a database schema of its own',
  database: 'a database of its own',
};

/** What each plan has, row by row. */
const ROWS: readonly [string, (template: Template) => string][] = [
  ['Price', ({ billing: { prices, currency } }) => `${money(prices.monthly, currency)} a month`],
  ['Yearly', ({ billing: { prices, currency } }) => `${money(prices.yearly, currency)} a year`],
  ['Database', ({ resources }) => ISOLATION[resources.database.isolation]],
  ['Storage', ({ resources }) => `${resources.storage.quotaGb} GB`],
  ['Compute', ({ resources: { compute } }) => computeOf(compute)],
  ['Features', ({ configuration }) => featuresOf(configuration.features)],
  ['Integrations', ({ configuration }) => String(configuration.integrations.length)],
  ['Trial', ({ trial }) => (trial ? `${trial.days} days` : 'none')],
  ['Backups kept', ({ backup }) => (backup ? String(backup.keep) : 'none')],
];

/** The plans side by side; one is chosen. */
export function Plans({ templates, chosen, onChoose }: PlansProps) {
  return (
    <fieldset className="plans">
      <legend className="visually-hidden">Plan</legend>
      {templates.map((template) => {
        const { subscriptionPlan: plan, templateName } = template;
        return (
          <label key={plan} className="plan">
            <span className="plan-name">
              <input type="radio" name="plan" value={plan} checked={plan === chosen} onChange={() => onChoose(plan)} />
              {templateName}
            </span>
            <dl>
              {ROWS.map(([name, valueOf]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{valueOf(template)}</dd>
                </div>
              ))}
            </dl>
          </label>
        );
      })}
    </fieldset>
  );
}

interface PlansProps {
  templates: readonly Template[];
  chosen: Plan;
  onChoose: (plan: Plan) => void;
}

function computeOf(compute: Template['resources']['compute']): string {
  const size = `${compute.cpuMillis / 1000} CPU, ${compute.memoryMb} MB`;
  return compute.model === 'namespace' ? `${size}, a namespace of its own` : `${size} of a pool`;
}

function featuresOf(features: Template['configuration']['features']): string {
  const optional = features.filter(({ includedIn }) => includedIn === 'order').length;
  return `${features.length - optional} included, ${optional} optional`;
}
