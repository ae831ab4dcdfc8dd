import type { ReactNode } from 'react';
import type { components } from '../../../clients/typescript/generated/api';
import { resourceLabel } from '../../../contract/ledger/labels';
import { FAILURES, isFailureType } from '../../../contract/operations/failures';
import { rulesOf, stepRule } from '../../../contract/operations/kinds';
import type { RouteName } from '../../api/access';
import type { IconName } from '../../parts/icon';
import { Prose } from '../../parts/prose';
import { countText } from '../../parts/quantities';
import { inWords } from '../../parts/state-badge';
import { Time } from '../../parts/time';
import { ResolveVerb } from '../billing/resolve-verb';
import { quantityLabel } from '../order/quantity-names';

type Attention = components['schemas']['Attention'];

/** Something that waits for a person: what, why, and until when. */
interface Item {
  key: string;
  to: string;
  title: string;
  why: ReactNode;
  when: ReactNode;
  /** What can be done about it here. */
  action?: ReactNode;
}

/** Things of one sort that wait for a person. */
export interface Group {
  title: string;
  icon: IconName;
  count: number;
  items: Item[];
  /** What to do about each. */
  todo: string;
  /** The route that settles it: people who may not call it are told which role may. Without one, every reader can act. */
  by?: RouteName;
  /** The page that has all of them. */
  all: string;
}

/** How each sort is settled. */
const TODO: Record<keyof Attention, Pick<Group, 'all' | 'todo' | 'by'>> = {
  leftovers: {
    all: '/operations?status=needs_operator',
    todo: 'Open it, correct what the last errors name, then retry; or accept what you remove by hand.',
    by: 'resolveOperation',
  },
  stuck: {
    all: '/operations?open=true',
    todo: 'Open it: “What to do now” names the cause to remove. It then goes on by itself.',
  },
  holds: {
    all: '/operations?status=on_hold',
    todo: 'Open it and choose how it goes on, before it is undone by itself.',
    by: 'resolveOperation',
  },
  approvals: {
    all: '/approvals',
    todo: 'Open it, compare the order with its plan, then approve or reject.',
    by: 'decideApproval',
  },
  auditFindings: {
    all: '/audit',
    todo: 'Change nothing until you know why the trail differs, then accept the finding.',
  },
  billing: {
    all: '/billing',
    todo: 'Put it right as it says; it then ends by itself. Or resolve it as it is.',
  },
  quarantine: { all: '/sweeps', todo: 'Look whether it may go: once it is due, the next sweep acts on it.' },
  webhooks: { all: '/webhooks', todo: 'Tell the owner of the receiver. What only fails is disabled after some days.' },
  capacity: {
    all: '/metrics',
    todo: 'Add a cell to the region, or raise the capacity of one, and restart the workers.',
  },
  unbilled: {
    all: '/tenants',
    todo: 'Look at the meter in Stripe’s dashboard. What Stripe refuses is sent again every few hours.',
  },
  quotas: { all: '/tenants', todo: 'Ask the customer whether a larger plan fits. Nothing is cut off.' },
};

/** What waits for a person, by its sort, the most urgent first. Sorts that the reader may not see are absent. */
export function groupsOf(attention: Attention): Group[] {
  const { approvals, auditFindings, billing, capacity, holds, leftovers } = attention;
  const { quarantine, quotas, stuck, unbilled, webhooks } = attention;
  return [
    group('Left over', 'warning', leftovers, TODO.leftovers, (each) => ({
      ...operation(each),
      why: `${each.leftovers} ${each.leftovers === 1 ? 'resource' : 'resources'} could not be removed${each.failure ? ` after the operation had failed${reasonOf(each.failure)}` : ''}`,
      when: <Since at={each.since} />,
    })),
    group('Stuck', 'running', stuck, TODO.stuck, (each) => ({
      ...operation(each),
      why: (
        <>
          {stepRule(each.kind, each.step).label}: <Prose text={each.reason} />
        </>
      ),
      when: <Since at={each.since} />,
    })),
    group('On hold', 'waiting', holds, TODO.holds, (each) => ({
      ...operation(each),
      why: `A step has failed${reasonOf(each.failure)}`,
      when: each.until ? (
        <>
          undone by itself <Time at={each.until} as="relative" />
        </>
      ) : (
        <Since at={each.since} />
      ),
    })),
    group('Approvals', 'approvals', approvals, TODO.approvals, (each) => ({
      ...operation(each),
      why: `${each.plan}: ${each.required.map(quantityLabel).join(', ')}`,
      when: each.deadline ? (
        <>
          due <Time at={each.deadline} as="relative" />
        </>
      ) : (
        <Since at={each.since} />
      ),
    })),
    group('Audit findings', 'audit', auditFindings, TODO.auditFindings, (each) => ({
      key: each.findingId,
      to: '/audit',
      title: `Tenant ${each.tenantId}`,
      why: each.problem,
      when: <Since at={each.since} />,
    })),
    group('Billing', 'billing', billing, TODO.billing, (each) => ({
      key: each.findingId,
      to: each.tenantId === undefined ? '/billing' : `/billing?tenantId=${each.tenantId}`,
      title: each.tenantId === undefined ? each.object : `Tenant ${each.tenantId}`,
      why: `${each.found} ${each.remedy}`,
      when: <Since at={each.since} />,
      action: <ResolveVerb finding={each} />,
    })),
    group('Quarantine', 'sweeps', quarantine, TODO.quarantine, (each) => ({
      key: `${each.kind} ${each.id}`,
      to: '/sweeps',
      title: `${resourceLabel(each.kind)} ${each.id}`,
      why: each.lastError ?? inWords(each.reason),
      when: (
        <>
          acted on <Time at={each.dueAt} as="relative" />
        </>
      ),
    })),
    group('Webhooks', 'webhooks', webhooks, TODO.webhooks, (each) => ({
      key: each.endpointId,
      to: `/webhooks/${each.endpointId}`,
      title: each.url,
      why: each.disabledBecause ? `Disabled: ${inWords(each.disabledBecause)}` : 'Nothing gets through',
      when: each.since && <Since at={each.since} />,
    })),
    group('Capacity', 'metrics', capacity, TODO.capacity, (each) => ({
      key: `${each.region} ${each.plan}`,
      to: '/metrics',
      title: `${each.region}, ${each.plan}`,
      why: each.places === 0 ? 'No room: orders fail' : `Room for ${each.places} more`,
      when: undefined,
    })),
    group('Unbilled usage', 'warning', unbilled, TODO.unbilled, (each) => ({
      key: `${each.tenantId} ${each.meter} ${each.state}`,
      to: `/tenants/${each.tenantId}?part=usage`,
      title: each.tenantName,
      why: `${countText(each.records, 'record')} of ${inWords(each.meter)}: ${each.state === 'refused' ? 'Stripe refuses them' : 'no answer from Stripe'}`,
      when: <Since at={each.since} />,
    })),
    group('Limits', 'tenants', quotas, TODO.quotas, (each) => ({
      key: `${each.tenantId} ${each.meter}`,
      to: `/tenants/${each.tenantId}?part=usage`,
      title: each.tenantName,
      why: `${inWords(each.meter)}: ${each.level === 'reached' ? 'limit reached' : 'near the limit'}`,
      when: <Since at={each.since} />,
    })),
  ].filter((each) => each !== undefined);
}

function group<T>(
  title: string,
  icon: IconName,
  section: { count: number; items: T[] } | undefined,
  does: Pick<Group, 'all' | 'todo' | 'by'>,
  itemOf: (item: T) => Item,
): Group | undefined {
  return section && { title, icon, count: section.count, items: section.items.map(itemOf), ...does };
}

function operation(each: Pick<Attention['holds']['items'][number], 'operationId' | 'kind' | 'tenantName'>) {
  const { operationId, kind, tenantName } = each;
  return { key: operationId, to: `/operations/${operationId}`, title: `${rulesOf(kind).title} ${tenantName}` };
}

function reasonOf(failure: { type: string } | undefined): string {
  if (!failure) return '';
  return `: ${isFailureType(failure.type) ? FAILURES[failure.type].title : failure.type}`;
}

function Since({ at }: { at: string }) {
  return (
    <>
      since <Time at={at} as="relative" />
    </>
  );
}
