import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { ALERT_CASES, type AlertCase } from '../helpers/monitoring/alert-cases';
import { ALERTS, MONITORING, RECORDINGS, type Alert } from '../helpers/monitoring/rules';
import { missing } from '../helpers/monitoring/tools';

const run = promisify(execFile);
const why = missing('promtool');
const suite = why === undefined ? describe : describe.skip;
if (why !== undefined) test.todo(`alert rules: not run, ${why}`);

test('every alert has a case in which it fires and one in which it does not', () => {
  expect(Object.keys(ALERT_CASES).sort()).toEqual(ALERTS.map(({ alert }) => alert).sort());
});

suite('alert rules', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'alerts-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('Prometheus accepts its configuration and every rule', async () => {
    await run('promtool', ['check', 'config', join(MONITORING, 'prometheus.yml')], { timeout: 30_000 });
  });

  describe.each(ALERTS)('$alert', (alert) => {
    const { fires, quiet, interval }: AlertCase = ALERT_CASES[alert.alert] ?? NO_CASE;

    test('fires when it should', () => promtool(alert, { ...fires, interval }, [expected(alert, fires.labels)]));
    test(`does not fire when ${quiet.why}`, () => promtool(alert, { ...quiet, interval }, []));
  });

  /** Rejects with what promtool says if other alerts fire than these. */
  async function promtool(
    rule: Alert,
    { series, at, interval = '1m' }: { series: Record<string, string>; at: string; interval?: string | undefined },
    alerts: object[],
  ): Promise<void> {
    const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const file = join(dir, `${rule.alert}-${alerts.length}.yml`);
    // Only what the alert rests on: all rules over a day of minutes would take promtool many seconds.
    const recorded = RECORDINGS.filter(({ record }) => rule.expr.includes(record));
    writeFileSync(`${file}.rules`, stringify({ groups: [{ name: 'tested', rules: [...recorded, rule] }] }));
    const tested = {
      rule_files: [`${file}.rules`],
      evaluation_interval: interval,
      tests: [
        {
          interval,
          input_series: input,
          alert_rule_test: [{ eval_time: at, alertname: rule.alert, exp_alerts: alerts }],
        },
      ],
    };
    writeFileSync(file, stringify(tested));
    await run('promtool', ['test', 'rules', file], { timeout: 60_000 }).catch((error: { stdout?: string }) => {
      throw new Error(`promtool says: ${error.stdout}`, { cause: error });
    });
  }
});

const NO_CASE: AlertCase = { fires: { series: {}, at: '0m' }, quiet: { why: 'it has no case', series: {}, at: '0m' } };

/** The alert as Prometheus has it: its texts name labels. */
function expected({ labels, annotations }: Alert, own: Record<string, string> = {}): object {
  const filled = Object.entries(annotations).map(([name, text]) => [
    name,
    text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => own[label] ?? ''),
  ]);
  return { exp_labels: { ...labels, ...own }, exp_annotations: Object.fromEntries(filled) as object };
}
