import { z } from 'zod';
import { timestamp } from '../common';

/** The members of an alert that this product uses, as an Alertmanager takes it (API v2, `postableAlert`). */
const alertSchema = z
  .object({
    labels: z.record(z.string(), z.string()).meta({
      description:
        'Alerts with the labels `tenant`, `severity` and `alertname` of a tenant’s rules are recorded; all others are passed over.',
    }),
    startsAt: z.iso.datetime({ offset: true }).meta({ description: 'Since when it fires.' }),
    endsAt: z.iso
      .datetime({ offset: true })
      .meta({ description: 'In the past once it does not fire any more.' })
      .optional(),
  })
  .meta({ id: 'ReportedAlert' });

/** Body of `POST /v1/providers/alerts/api/v2/alerts`. */
export const alertReportSchema = z
  .array(alertSchema)
  .max(10_000)
  .meta({ id: 'AlertReport', description: 'Alerts, each in its newest state. Only these members are read.' });

/** Answer to a report of alerts. */
export const alertsTakenSchema = z
  .strictObject({
    recorded: z.int().meta({ description: 'Number of alerts that are about tenants.' }),
    at: timestamp,
  })
  .meta({ id: 'AlertsTaken' });
