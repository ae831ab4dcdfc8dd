import { z } from 'zod';
import { STEPS } from '../../operations/steps';
import { operationIdSchema, timestamp } from '../common';

/** Attempts that an answer contains at most. */
export const MOST_ATTEMPTS = 1_000;

const attemptSchema = z
  .strictObject({
    step: z.enum(STEPS),
    activity: z.string().meta({ description: 'The activity; a step can have several, side by side.', example: '7' }),
    attempt: z.int().min(1).meta({ description: 'Counts the attempts of the activity.' }),
    direction: z.enum(['forward', 'compensation']),
    startedAt: timestamp,
    endedAt: timestamp.meta({ description: 'Absent while it goes on, and if its worker died.' }).optional(),
    error: z
      .strictObject({
        type: z.string().meta({ description: 'A type of the failure catalogue.', example: 'ProviderUnavailable' }),
        message: z.string(),
      })
      .optional(),
    nextTry: timestamp.meta({ description: 'When the failed attempt is repeated; absent if it is not.' }).optional(),
  })
  .meta({ id: 'OperationAttempt', description: 'One attempt of an activity of a step.' });

/** Answer of `GET /v1/operations/{operationId}/attempts`. */
export const attemptsSchema = z
  .strictObject({
    operationId: operationIdSchema,
    items: z.array(attemptSchema).meta({ description: `Oldest first; the newest ${MOST_ATTEMPTS}.` }),
    complete: z.boolean().meta({ description: 'False if there were earlier attempts.' }),
  })
  .meta({ id: 'OperationAttempts', description: 'The recorded attempts of an operation.' });

/** The recorded attempts of an operation. */
export type OperationAttempts = z.infer<typeof attemptsSchema>;
