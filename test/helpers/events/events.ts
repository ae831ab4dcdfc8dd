import type pg from 'pg';
import { EVENTS, type NewEvent, type NumberedEvent } from '../../../contract/events/events';
import type { EventField } from '../../../contract/events/fields';
import { transaction } from '../../../registry/database';
import { appendEvents } from '../../../registry/events/append';
import { listEvents } from '../../../registry/events/read';

/** An event that a test recognises by its number. */
export function testEvent(answers: number, about: { tenantId?: string; operationId?: string } = {}): NewEvent {
  return { type: 'evidence.recorded', ...about, data: { askedBy: 'test', answers, failed: 0 } };
}

/** Appends events in a transaction of their own. */
export function commitEvents(pool: pg.Pool, ...events: NewEvent[]): Promise<void> {
  return transaction(pool, (client) => appendEvents(client, events));
}

/** The numbers that {@link testEvent} was given. */
export function numbersOf(events: readonly NumberedEvent[]): number[] {
  return events.flatMap(({ type, data }) => (type === 'evidence.recorded' ? [data.answers] : []));
}

/** Every event about a tenant as type and data, in order. */
export async function eventsAbout(pool: pg.Pool, tenantId: string): Promise<[NumberedEvent['type'], object][]> {
  const { events } = await listEvents(pool, { after: 0, limit: 1_000, tenantId });
  return events.map(({ type, data }) => [type, data]);
}

/** Expects every event of a registry to be in the catalogue, and to hold nothing of the texts around it, in which tests name Ada. */
export async function expectCatalogued(pool: pg.Pool): Promise<void> {
  const { events } = await listEvents(pool, { after: 0, limit: 10_000 });
  expect(events.length).toBeGreaterThan(10);
  expect(events.flatMap(notCatalogued)).toEqual([]);
  expect(JSON.stringify(events)).not.toContain('Ada');
}

/** The parts of an event that do not match the catalogue. */
export function notCatalogued({ type, data }: { type: string; data: object }): string[] {
  const known = Object.entries(EVENTS).find(([name]) => name === type)?.[1];
  if (!known) return [`type ${type}`];
  const fields: Record<string, EventField> = known.data;
  const values = new Map(Object.entries(data));
  return [
    ...[...values].filter(([name, value]) => !isValue(fields[name], value)).map(([name]) => `${type}: ${name}`),
    ...Object.entries(fields)
      .filter(([name, { optional }]) => !optional && !values.has(name))
      .map(([name]) => `${type} without ${name}`),
  ];
}

/** No blanks, as in a sentence or a name of a person, and no `@`, as in a mail address. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/;

function isValue(field: EventField | undefined, value: unknown): boolean {
  if (field?.list) return Array.isArray(value) && value.every((each) => isSingle(field, each));
  return isSingle(field, value);
}

function isSingle(field: EventField | undefined, value: unknown): boolean {
  switch (field?.holds) {
    case 'id':
      return typeof value === 'string' && ID.test(value);
    case 'one-of':
      return typeof value === 'string' && field.values.includes(value);
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'time':
      return typeof value === 'string' && new Date(value).toJSON() === value;
    case undefined:
      return false;
  }
}
