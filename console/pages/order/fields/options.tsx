import { EmptyState } from '../../../parts/states/empty-state';
import { Check } from '../../../parts/forms/field';
import { inWords } from '../../../parts/state-badge';
import type { PartProps } from './part-props';

/** Optional features and integrations of the plan. */
export function Options({ draft, template, change, errorAt }: PartProps) {
  const features = template.configuration.features.filter(({ includedIn }) => includedIn === 'order');
  const { integrations } = template.configuration;
  if (features.length === 0 && integrations.length === 0)
    return <EmptyState title="This plan has no optional features and no integrations" />;
  const error = errorAt('/subscription/features') ?? errorAt('/configuration/integrations');
  return (
    <>
      {error && <p className="field-error">{error}</p>}
      <div className="options">
        {features.length > 0 && (
          <fieldset className="choices">
            <legend>Features</legend>
            {features.map(({ key, limit }) => (
              <Check
                key={key}
                label={limit === undefined ? inWords(key) : `${inWords(key)} (up to ${limit})`}
                checked={draft.features.includes(key)}
                onChange={(event) => change({ features: toggled(draft.features, key, event.target.checked) })}
              />
            ))}
          </fieldset>
        )}
        {integrations.length > 0 && (
          <fieldset className="choices">
            <legend>Integrations</legend>
            {integrations.map(({ name, jurisdiction }) => (
              <Check
                key={name}
                label={inWords(name)}
                hint={jurisdiction && `On a server of its own in ${jurisdiction}`}
                checked={draft.integrations.includes(name)}
                onChange={(event) => change({ integrations: toggled(draft.integrations, name, event.target.checked) })}
              />
            ))}
          </fieldset>
        )}
      </div>
    </>
  );
}

function toggled(names: readonly string[], name: string, isOn: boolean): string[] {
  return isOn ? [...names, name] : names.filter((each) => each !== name);
}
