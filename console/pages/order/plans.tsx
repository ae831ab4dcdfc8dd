import type { Plan } from '../../../clients/typescript/src/types';
import { ISOLATION } from '../../parts/isolation';
import { money } from './money';
import type { Template } from '../templates/read';

/** What each plan has, row by row. */
const ROWS: readonly [string, (template: Template) => string][] = [
  ['Monthly', ({ billing: { prices, currency } }) => money(prices.monthly, currency)],
  ['Yearly', ({ billing: { prices, currency } }) => money(prices.yearly, currency)],
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
      <table>
        <thead>
          <tr>
            <td />
            {templates.map(({ subscriptionPlan: plan, templateName }) => (
              <th key={plan} scope="col" data-chosen={plan === chosen}>
                <label>
                  <input
                    type="radio"
                    name="plan"
                    value={plan}
                    checked={plan === chosen}
                    onChange={() => onChoose(plan)}
                  />
                  {templateName}
                </label>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([name, valueOf]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {templates.map((template) => (
                <td key={template.templateId} data-chosen={template.subscriptionPlan === chosen}>
                  {valueOf(template)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
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
  return compute.model === 'namespace' ? `${size}, own namespace` : `${size} of a pool`;
}

function featuresOf(features: Template['configuration']['features']): string {
  const optional = features.filter(({ includedIn }) => includedIn === 'order').length;
  return `${features.length - optional} included, ${optional} optional`;
}
