import { z } from 'zod';
import { OPERATION_KINDS } from '../../operations/kinds';
import { STEPS } from '../../operations/steps';
import { PLANS } from '../../orders/order';

const seconds = z.number().min(0);

const step = z
  .strictObject({
    step: z.enum(STEPS),
    label: z.string().meta({ example: 'Provision the database share' }),
    samples: z.int().min(0),
    averageSeconds: seconds.optional(),
    p50Seconds: seconds.optional(),
    p95Seconds: seconds.optional(),
  })
  .meta({ id: 'StepMetrics', description: 'How long a step took; without times if none was recorded.' });

/** Answer of `GET /v1/metrics/steps`. */
export const stepMetricsSchema = z
  .strictObject({
    kind: z.enum(OPERATION_KINDS),
    plans: z.array(
      z
        .strictObject({
          plan: z.enum(PLANS),
          samples: z.int().min(0).meta({ description: 'Recent operations that the numbers come from.' }),
          steps: z.array(step).meta({ description: 'In order, without those that only wait for people.' }),
        })
        .meta({ id: 'PlanStepMetrics' }),
    ),
  })
  .meta({ id: 'StepMetricsList', description: 'How long each step of recent operations took, by plan.' });

/** How long each step of recent operations took, by plan. */
export type StepMetricsList = z.infer<typeof stepMetricsSchema>;
