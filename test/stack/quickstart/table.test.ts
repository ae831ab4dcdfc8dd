import { stripVTControlCharacters } from 'node:util';
import { secondsOf, table } from '../../../stack/quickstart/table';
import { operation, row } from './rows';

const NOW = Date.parse('2026-01-31T12:00:04.200Z');

describe('the live table', () => {
  test('has a row per tenant, a mark per step and the seconds since the order', () => {
    const lines = stripVTControlCharacters(
      table(
        [row({}, { status: 'provisioning', state: 'pending', steps: { validate: 'done', reserve: 'running' } })],
        NOW,
      ),
    ).split('\n');
    expect(lines[0]).toMatch(/^tenant +plan +1 +2 +3 +4 +5 +6 +7 +8 +9 +10 +status +seconds$/);
    expect(lines[1]).toMatch(/^acme-bikes-run +starter +✔ +● +(· +){8}provisioning +4\.2$/);
    expect(lines).toHaveLength(4);
  });

  test('keeps its columns aligned in every state', () => {
    const [head, first, second] = stripVTControlCharacters(
      table(
        [row({}, { status: 'awaiting_approval' }), row({}, { tenantName: 'a', status: 'active', state: 'pending' })],
        NOW,
      ),
    ).split('\n') as [string, string, string];
    expect(first.indexOf('awaiting_approval')).toBe(head.indexOf('status'));
    expect(second.indexOf('active')).toBe(head.indexOf('status'));
  });

  test('the step that caused the compensation stays marked as failed after it was undone', () => {
    const failure = { type: 'PaymentMethodDeclined', message: 'declined', step: 'integrations' as const };
    const text = stripVTControlCharacters(table([row({}, { status: 'failed', state: 'compensated', failure })], NOW));
    expect(text.split('\n')[1]).toMatch(/starter +(↺ +){7}✘ +(↺ +){2}failed/);
  });

  test('the timer of an operation stops at its end', () => {
    expect(secondsOf(operation({ completedAt: '2026-01-31T12:00:02.500Z' }), NOW)).toBe(2.5);
    expect(secondsOf(operation(), NOW)).toBe(4.2);
  });
});
