import { z } from 'zod';
import { pageOf, timestamp } from '../common';

/** SHA-256 of a template, in hexadecimal. */
export const fingerprintSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'Must be the fingerprint of a template: 64 hexadecimal digits.')
  .meta({ description: 'SHA-256 of the template, in hexadecimal.' });

const templateVersion = z
  .strictObject({
    fingerprint: fingerprintSchema,
    version: z.string().meta({
      description:
        'As the template states it. Two templates with the same number and different content are listed separately.',
      example: '1.0.0',
    }),
    recordedAt: timestamp.meta({ description: 'When an API loaded the template for the first time.' }),
    current: z.boolean().meta({ description: 'Whether new orders of the plan get this template.' }),
  })
  .meta({ id: 'TemplateVersion', description: 'A template that a plan has, or had.' });

/** A page of the templates that a plan has had. */
export const templateVersionPageSchema = pageOf(templateVersion, 'TemplateVersionPage');
