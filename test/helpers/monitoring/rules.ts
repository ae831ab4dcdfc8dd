import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

/** The folder with everything that Prometheus and Alertmanager load. */
export const MONITORING = resolve(__dirname, '../../../monitoring');

/** An alert rule. */
export interface Alert {
  alert: string;
  expr: string;
  labels: Record<string, string>;
  annotations: { summary: string; runbook: string };
}

/** A rule that records an expression under a name. */
export interface Recording {
  record: string;
  expr: string;
}

const RULES = readdirSync(join(MONITORING, 'rules')).flatMap((file) => {
  const text = readFileSync(join(MONITORING, 'rules', file), 'utf8');
  const { groups } = parse(text) as { groups: { rules: (Alert | Recording)[] }[] };
  return groups.flatMap(({ rules }) => rules);
});

/** Every alert rule. */
export const ALERTS = RULES.filter((rule): rule is Alert => 'alert' in rule);

/** Every recording rule. */
export const RECORDINGS = RULES.filter((rule): rule is Recording => 'record' in rule);
