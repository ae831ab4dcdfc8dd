import { z } from 'zod';
import { PACES } from '../estimates/pace';
import { WAITS } from '../estimates/waits';
import { STEPS } from '../operations/steps';
import { timestamp } from './common';

const seconds = z.number().min(0);

/** How a step gets on. */
export const paceSchema = z
  .strictObject({
    pace: z.enum(PACES).meta({
      description:
        '`slow`: it has taken longer than 95 % of earlier runs. `stuck`: no attempt makes progress, or a failed one waits to be repeated.',
    }),
    reason: z
      .string()
      .meta({ example: 'Retry 2 of 3 in 8 s; the last attempt failed: A provider refused the request.' }),
  })
  .meta({ id: 'StepPace', description: 'How a step in progress gets on, judged when it is read.' });

/** How long an operation still takes. */
export const estimateSchema = z
  .strictObject({
    likelySeconds: seconds
      .meta({ description: 'Half of such operations take at most this long from now on.', example: 6.2 })
      .optional(),
    lateSeconds: seconds
      .meta({ description: 'Nine in ten of such operations take at most this long from now on.', example: 11.8 })
      .optional(),
    likelyAt: timestamp.meta({ description: 'Absent while the operation has people to wait for.' }).optional(),
    lateAt: timestamp.optional(),
    samples: z
      .int()
      .min(0)
      .meta({ description: 'Number of earlier operations it rests on; too few give no numbers.', example: 30 }),
    regions: z.enum(['own', 'all']).meta({
      description: '`all`: the region alone has too few, so the same plan’s operations in all regions count.',
    }),
    criticalPath: z.array(z.enum(STEPS)).meta({
      description: 'The remaining steps that are expected to decide when it ends.',
      example: ['verify', 'finalize'],
    }),
    waitsFor: z
      .enum(WAITS)
      .meta({ description: 'Its end depends on this first; the numbers cover only the work besides.' })
      .optional(),
    summary: z.string().meta({ description: 'The same in words, or why there are no numbers.' }),
  })
  .meta({
    id: 'OperationEstimate',
    description:
      'How long the operation still takes, from recent operations of the same kind and plan, given what has already passed. See docs/estimates.md.',
  });

/** How long an operation still takes. */
export type OperationEstimate = z.infer<typeof estimateSchema>;
