import { Icon, type IconName } from './icon';

/** What a state means for the person who looks at it. */
export type Tone = 'ok' | 'busy' | 'waiting' | 'warning' | 'bad' | 'quiet';

const ICONS: Record<Tone, IconName> = {
  ok: 'check',
  busy: 'running',
  waiting: 'waiting',
  warning: 'warning',
  bad: 'cross',
  quiet: 'circle',
};

/** Tone of every state the API names, of operations, steps, tenants, backups, deliveries. An unknown one is quiet. */
const TONES: Record<string, Tone> = {
  ...tones('ok', 'active', 'completed', 'done', 'approved', 'delivered', 'ready', 'present', 'verified', 'claimed'),
  ...tones('ok', 'good', 'current', 'valid', 'enabled'),
  ...tones('busy', 'pending', 'validating', 'provisioning', 'running', 'removing', 'sending', 'making', 'changing'),
  ...tones('waiting', 'awaiting_approval', 'grace', 'waiting', 'leaving', 'scheduled_for_deletion'),
  ...tones('warning', 'on_hold', 'needs_operator', 'compensating', 'suspended', 'slow', 'stuck', 'past_due'),
  ...tones('bad', 'failed', 'rejected', 'expired', 'refused', 'undeliverable', 'disabled', 'damaged'),
};

function tones(tone: Tone, ...states: string[]): Record<string, Tone> {
  return Object.fromEntries(states.map((state) => [state, tone]));
}

/** A state in words, with an icon and a colour. The words come from the state's name unless others are given. */
export function StateBadge({
  state,
  tone,
  icon,
  label,
}: {
  state: string;
  tone?: Tone | undefined;
  icon?: IconName;
  label?: string;
}) {
  const shown = tone ?? TONES[state] ?? 'quiet';
  return (
    <span className="badge" data-tone={shown}>
      <Icon name={icon ?? (state === 'compensating' ? 'undo' : ICONS[shown])} />
      {label ?? inWords(state)}
    </span>
  );
}

/** The words of an API's name: `awaiting_approval` → "awaiting approval". */
export function inWords(name: string): string {
  return name.replaceAll(/[_-]/g, ' ');
}
