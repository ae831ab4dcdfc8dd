import { ChangeLines } from '../../../stack/quickstart/change-lines';
import { row } from './rows';

describe('output to a file or pipe', () => {
  test('has one line per change, and none for unchanged state', () => {
    const changes = new ChangeLines();
    const begun = [row({}, { status: 'validating', state: 'pending', steps: { validate: 'running' } })];
    expect(changes.next(begun)).toEqual(['acme-bikes-run (starter): validating']);
    expect(changes.next(begun)).toEqual([]);
    const further = [row({}, { status: 'provisioning', state: 'pending', steps: { validate: 'done' } })];
    expect(changes.next(further)).toEqual(['acme-bikes-run: validate done', 'acme-bikes-run (starter): provisioning']);
  });

  test('says why an operation failed', () => {
    const failure = { type: 'PaymentMethodDeclined', message: 'The card was declined.', step: 'integrations' as const };
    const lines = new ChangeLines().next([row({}, { status: 'failed', state: 'compensated', failure })]);
    expect(lines).toContain('acme-bikes-run: database undone');
    expect(lines.slice(-2)).toEqual([
      'acme-bikes-run: ✘ integrations: The card was declined.',
      'acme-bikes-run (starter): failed',
    ]);
    expect(lines).not.toContain('acme-bikes-run: integrations undone');
  });
});
