import { z } from 'zod';

const comment = z
  .string()
  .max(1000, 'Is longer than 1000 characters. Shorten it.')
  .refine((text) => !/(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u.test(text), {
    error: 'Contains control or text-direction characters. Remove them.',
  });

/** Body of `POST /v1/operations/{id}/approval`. */
export const approvalRequestSchema = z
  .strictObject({
    decision: z.enum(['approve', 'reject']),
    comment: comment.meta({ description: 'Why; kept with the decision.', example: 'Agreed with sales.' }).optional(),
  })
  .meta({ id: 'ApprovalRequest', description: 'An approver’s decision.' });

/** Body of `POST /v1/operations/{id}/cancel`. */
export const cancelRequestSchema = z
  .strictObject({ reason: comment.meta({ description: 'Why; kept in the audit trail.' }).optional() })
  .meta({
    id: 'CancelRequest',
    description: 'Stops an operation that has not reached its end and undoes what it made.',
  });

/** Body of `POST /v1/tenants/{id}/credentials:claim`. */
export const claimRequestSchema = z
  .strictObject({
    token: z
      .string()
      .regex(/^[A-Za-z0-9_-]{20,128}$/, 'Is not a claim token. Copy the link of the welcome mail again, whole.')
      .meta({ description: 'The token of the welcome mail’s link.' }),
  })
  .meta({ id: 'ClaimRequest', description: 'Takes the credentials of a tenant, once.' });

/** The credentials a claim hands out, once. */
export const credentialsSchema = z
  .strictObject({
    adminAccessUrl: z.url().meta({ description: 'Where the first admin logs in.' }),
    username: z.string().meta({ description: 'The login name of the first admin.' }).optional(),
    temporaryPassword: z.string().meta({ description: 'Must be changed at the first login.' }),
    apiKeys: z.record(z.string(), z.string()).meta({ description: 'API keys by name.' }),
  })
  .meta({ id: 'Credentials', description: 'What the first admin needs. Shown once.' });

/** An approver's decision. */
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

/** The credentials a claim hands out. */
export type Credentials = z.infer<typeof credentialsSchema>;
