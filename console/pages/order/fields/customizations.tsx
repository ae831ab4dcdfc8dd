import { EmptyState } from '../../../parts/states/empty-state';
import { Choice, TextField } from '../../../parts/forms/field';
import type { PartProps } from './part-props';
import { allowedText, quantityLabel, quantityText, unitOf } from '../quantity-names';
import { valueAt } from '../rules';

/** What an order may change in the plan, made from the template's rules. */
export function Customizations({ draft, template, change, errorAt }: PartProps) {
  const { allowedCustomizations, requiredApprovals, validationRules } = template.customizations;
  const rules = validationRules.filter(({ customization }) => allowedCustomizations.includes(customization));
  if (rules.length === 0) return <EmptyState title="This plan cannot be customized" />;
  return (
    <div className="grid">
      {rules.map(({ customization, target, schema }) => {
        const planned = valueAt(template, target);
        const unit = unitOf(customization);
        const props = {
          label: quantityLabel(customization),
          hint: `Plan: ${quantityText(customization, planned)}. Allowed: ${allowedText(customization, schema)}.${requiredApprovals.includes(customization) ? ' Needs approval.' : ''}`,
          value: draft.customizations[customization] ?? '',
          error: errorAt(`/customizations/${customization}`),
          onChange: (event: { target: { value: string } }) =>
            change({ customizations: { ...draft.customizations, [customization]: event.target.value } }),
        };
        const values = schema['type'] === 'boolean' ? ['true', 'false'] : enumOf(schema);
        if (values)
          return (
            <Choice key={customization} {...props}>
              <option value="">As the plan says</option>
              {values.map((value) => (
                <option key={value} value={value}>
                  {value === 'true' ? 'Yes' : value === 'false' ? 'No' : value}
                </option>
              ))}
            </Choice>
          );
        return (
          <TextField
            key={customization}
            {...props}
            {...numberOf(schema)}
            {...(unit !== undefined && { unit })}
            placeholder={String(planned ?? '')}
            autoComplete="off"
          />
        );
      })}
    </div>
  );
}

function enumOf({ enum: values }: Record<string, unknown>): string[] | undefined {
  return Array.isArray(values) ? values.map(String) : undefined;
}

function isNumber({ type }: Record<string, unknown>): boolean {
  return type === 'integer' || type === 'number';
}

/** Attributes of the input for a number within bounds. */
function numberOf({ type, minimum, maximum, multipleOf }: Record<string, unknown>) {
  if (!isNumber({ type })) return {};
  return {
    type: 'number',
    ...(typeof minimum === 'number' && { min: minimum }),
    ...(typeof maximum === 'number' && { max: maximum }),
    ...(typeof multipleOf === 'number' && { step: multipleOf }),
  };
}
