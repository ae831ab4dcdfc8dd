import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import { EVENTS } from '../../../contract/events/events';
import { OVERLAP_HOURS } from '../../../contract/webhooks/webhooks';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { Check, TextField } from '../../parts/forms/field';
import { isTicked, momentOf, textOf } from '../../parts/forms/form-values';
import type { Verb } from '../../parts/forms/verb';
import './webhooks.css';

/** A webhook endpoint. */
export type Endpoint = components['schemas']['WebhookEndpoint'];

type EventType = NonNullable<components['schemas']['WebhookEndpointRequest']['eventTypes']>[number];

const stale = (): void => void queryClient.invalidateQueries({ queryKey: ['webhook'] });

/** The fields of an endpoint's address and events. */
function settings(endpoint?: Endpoint) {
  return (
    <>
      <TextField
        name="url"
        type="url"
        label="Address"
        required
        maxLength={2048}
        defaultValue={endpoint?.url}
        hint="An https address on a public host."
      />
      <fieldset className="event-types">
        <legend>Events; none chosen means every event</legend>
        {Object.entries(EVENTS).map(([type, { description }]) => (
          <Check
            key={type}
            name="eventType"
            value={type}
            label={type}
            hint={description}
            defaultChecked={endpoint?.eventTypes?.includes(type)}
          />
        ))}
      </fieldset>
    </>
  );
}

function chosen(form: FormData): { url: string; eventTypes: EventType[] } {
  return { url: textOf(form, 'url'), eventTypes: form.getAll('eventType') as EventType[] };
}

/** Makes an endpoint, and shows its secret. */
export function create(show: (secret: string) => void): Verb {
  return {
    label: 'New endpoint',
    title: 'Make a webhook endpoint?',
    tone: 'primary',
    consequence: <p>Events from now on that you may see are sent to it, signed with a secret that is shown once.</p>,
    fields: settings(),
    run: async ({ form }) => {
      const { url, eventTypes } = chosen(form);
      const body = { url, ...(eventTypes.length > 0 && { eventTypes }) };
      show((await dataOf(api.POST('/v1/webhook-endpoints', { body }))).secret);
    },
    onDone: stale,
  };
}

/** Changes an endpoint's address and events. */
export function change(endpoint: Endpoint): Verb {
  return {
    label: 'Change',
    title: 'Change this endpoint?',
    consequence: <p>Messages that are not delivered yet go to the new address.</p>,
    fields: settings(endpoint),
    run: ({ form }) => {
      const { url, eventTypes } = chosen(form);
      return dataOf(
        api.PATCH('/v1/webhook-endpoints/{endpointId}', {
          params: { path: { endpointId: endpoint.endpointId } },
          body: { url, eventTypes: eventTypes.length > 0 ? eventTypes : null },
        }),
      );
    },
    onDone: stale,
  };
}

/** Gives an endpoint a new secret, and shows it. */
export function rotate({ endpointId }: Endpoint, show: (secret: string) => void): Verb {
  return {
    label: 'Rotate secret',
    title: 'Give this endpoint a new secret?',
    consequence: (
      <p>For {OVERLAP_HOURS} hours messages are signed with both, so that the receiver can change over meanwhile.</p>
    ),
    run: async () => {
      const path = { endpointId };
      show((await dataOf(api.POST('/v1/webhook-endpoints/{endpointId}:rotate-secret', { params: { path } }))).secret);
    },
    onDone: stale,
  };
}

/** Sends a test message. */
export function test({ endpointId }: Endpoint): Verb {
  return {
    label: 'Test',
    title: 'Send a test message?',
    consequence: <p>A message of the type webhook.test is sent once. It appears among the messages below.</p>,
    run: () => dataOf(api.POST('/v1/webhook-endpoints/{endpointId}:test', { params: { path: { endpointId } } })),
    onDone: stale,
  };
}

/** Stops sending to an endpoint, or begins again. */
export function toggle({ endpointId, state }: Endpoint): Verb {
  const params = { path: { endpointId } };
  if (state === 'disabled')
    return {
      label: 'Enable',
      title: 'Send events to this endpoint again?',
      tone: 'primary',
      consequence: <p>Events from now on are sent. Earlier ones are sent only if you have them delivered again.</p>,
      run: () => dataOf(api.POST('/v1/webhook-endpoints/{endpointId}:enable', { params })),
      onDone: stale,
    };
  return {
    label: 'Disable',
    title: 'Send nothing more to this endpoint?',
    consequence: <p>Messages that are not delivered yet are cancelled. Enabling it later does not send them.</p>,
    run: () => dataOf(api.POST('/v1/webhook-endpoints/{endpointId}:disable', { params })),
    onDone: stale,
  };
}

/** Deletes an endpoint. */
export function remove({ endpointId, url }: Endpoint, leave: () => void): Verb {
  return {
    label: 'Delete',
    title: 'Delete this endpoint?',
    tone: 'danger',
    consequence: (
      <p>
        Nothing more is sent to <code>{url}</code>. Its secrets and the list of its messages are deleted, too.
      </p>
    ),
    run: () => api.DELETE('/v1/webhook-endpoints/{endpointId}', { params: { path: { endpointId } } }),
    onDone: () => {
      stale();
      leave();
    },
  };
}

/** Has the messages of a time delivered again. */
export function redeliverRange({ endpointId }: Endpoint): Verb {
  return {
    label: 'Deliver again…',
    title: 'Deliver messages of a time again?',
    consequence: <p>In their old order. The receiver recognises a repetition by its webhook-id.</p>,
    fields: (
      <>
        <TextField name="from" type="datetime-local" label="Made at or after, in your time zone" required />
        <TextField name="before" type="datetime-local" label="Made before" hint="Empty: until now." />
        <Check name="delivered" label="Also those that were delivered" />
      </>
    ),
    run: ({ form }) => {
      const before = momentOf(form, 'before');
      return dataOf(
        api.POST('/v1/webhook-endpoints/{endpointId}:redeliver', {
          params: { path: { endpointId } },
          body: {
            from: momentOf(form, 'from') ?? '',
            ...(before !== undefined && { before }),
            ...(isTicked(form, 'delivered') && { delivered: true }),
          },
        }),
      );
    },
    onDone: stale,
  };
}
