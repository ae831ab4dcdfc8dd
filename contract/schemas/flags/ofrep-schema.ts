import { z } from 'zod';

// OpenFeature Remote Evaluation Protocol: https://github.com/open-feature/protocol

/** Codes of an evaluation that has failed. */
export const OFREP_ERRORS = ['FLAG_NOT_FOUND', 'INVALID_CONTEXT', 'PARSE_ERROR', 'GENERAL'] as const;

/** Body of both evaluations. */
export const evaluationRequestSchema = z
  .looseObject({
    context: z
      .looseObject({
        targetingKey: z
          .string()
          .meta({ description: 'For whom, such as a user’s id.', example: 'user-4711' })
          .optional(),
      })
      .meta({ description: 'What targeting rules may ask for. It is neither stored nor logged.' })
      .optional(),
  })
  .meta({ id: 'FlagEvaluationRequest', description: 'For whom flags are evaluated.' });

/** A value of a flag. */
export const evaluatedFlagSchema = z
  .strictObject({
    key: z.string().meta({ example: 'new-editor' }),
    value: z.unknown().meta({ description: 'Boolean, string, number or object.', example: true }),
    variant: z.string().meta({ example: 'on' }),
    reason: z
      .string()
      .meta({ description: 'Why this value: `STATIC`, `DEFAULT` or `TARGETING_MATCH`.', example: 'STATIC' }),
    metadata: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'EvaluatedFlag', description: 'The value of a flag for this context.' });

/** An evaluation without a value. */
export const failedEvaluationSchema = z
  .strictObject({
    key: z.string().meta({ example: 'new-editor' }),
    errorCode: z.enum(OFREP_ERRORS),
    errorDetails: z.string(),
  })
  .meta({ id: 'FailedEvaluation', description: 'Why a flag has no value for this context.' });

/** A bulk evaluation without any value. */
export const failedEvaluationsSchema = z
  .strictObject({ errorCode: z.enum(OFREP_ERRORS), errorDetails: z.string() })
  .meta({ id: 'FailedEvaluations', description: 'Why no flag was evaluated.' });

/** Answer of the bulk evaluation. */
export const evaluatedFlagsSchema = z
  .strictObject({ flags: z.array(z.union([evaluatedFlagSchema, failedEvaluationSchema])) })
  .meta({ id: 'EvaluatedFlags', description: 'Every flag of the tenant, by key.' });

/** A flag's value, or why there is none. */
export type Evaluation = z.infer<typeof evaluatedFlagSchema> | z.infer<typeof failedEvaluationSchema>;
