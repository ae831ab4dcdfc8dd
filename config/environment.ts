import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { z } from 'zod';
import type { KeyRing } from '../contract/keys/key-ring';
import type { Variables } from './variable';
import { api } from './variables/api';
import { owner, registry } from './variables/shared';
import { worker } from './variables/worker';

/** The process's environment. */
export type Environment = Record<string, string | undefined>;

type Parsed<V extends Variables> = { [K in keyof V]: z.output<V[K]['schema']> };

/** Connection to Temporal: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS… or a profile of its configuration file. */
export type TemporalSettings = ReturnType<typeof loadClientConnectConfig> & { namespace: string };

/** Configuration of the API. */
export type ApiEnvironment = Parsed<typeof api> & { temporal: TemporalSettings };

/** Configuration of the worker. */
export type WorkerEnvironment = Parsed<typeof worker> & { temporal: TemporalSettings };

/** Configuration for `api/server.ts`. Throws one error that names every missing or invalid variable with its purpose and an example. */
export function apiEnvironment(env: Environment): ApiEnvironment {
  return parse(api, env);
}

/** Configuration for `worker.ts`. Throws like {@link apiEnvironment}. */
export function workerEnvironment(env: Environment): WorkerEnvironment {
  return parse(worker, env);
}

/** Configuration for tools that only use the registry. Throws like {@link apiEnvironment}. */
export function registryLogins(env: Environment): { url: string; ownerUrl?: string | undefined } {
  const { values, problems } = readVariables({ REGISTRY_URL: registry.REGISTRY_URL, ...owner }, env);
  stopOn(problems);
  return { url: values.REGISTRY_URL, ownerUrl: values.REGISTRY_OWNER_URL };
}

/** The key ring that wraps tenants' data keys, for tools. Throws like {@link apiEnvironment}. */
export function keyRing(env: Environment): KeyRing {
  const { values, problems } = readVariables({ KEY_RING: registry.KEY_RING }, env);
  stopOn(problems);
  return values.KEY_RING;
}

function parse<V extends Variables>(variables: V, env: Environment): Parsed<V> & { temporal: TemporalSettings } {
  const { values, problems } = readVariables(variables, env);
  const temporal = temporalSettings(env, problems);
  if (temporal.connectionOptions.address === undefined)
    problems.push('TEMPORAL_ADDRESS is missing: the Temporal server. For example TEMPORAL_ADDRESS=127.0.0.1:7233');
  stopOn(problems);
  return { ...values, temporal };
}

function readVariables<V extends Variables>(variables: V, env: Environment): { values: Parsed<V>; problems: string[] } {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  // An empty variable counts as not set, because shells and Compose files leave a variable out by setting it to nothing.
  const givenFor = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  for (const [name, { schema, what, example, pairedWith }] of Object.entries(variables)) {
    const problem = (why: string): unknown => problems.push(`${name} ${why}: ${what}. For example ${name}=${example}`);
    const given = givenFor(name);
    const parsed = schema.safeParse(given);
    if (!parsed.success)
      problem(given === undefined ? 'is missing' : `is not valid (${parsed.error.issues[0]?.message})`);
    else if (given === undefined && pairedWith !== undefined && givenFor(pairedWith) !== undefined)
      problem(`is missing, although ${pairedWith} is set`);
    else values[name] = parsed.data;
  }
  return { values: values as Parsed<V>, problems };
}

function temporalSettings(env: Environment, problems: string[]): TemporalSettings {
  const given = Object.fromEntries(
    // Empty variables count as not set here as well: an empty TEMPORAL_API_KEY would enable TLS.
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
  try {
    const { namespace, connectionOptions } = loadClientConnectConfig({ overrideEnvVars: given });
    return { namespace: namespace ?? 'default', connectionOptions };
  } catch (error) {
    const which = given['TEMPORAL_CONFIG_FILE'] ?? 'at the default path';
    problems.push(
      `Temporal’s configuration file (${which}) or its variables are not valid: ${(error as Error).message}`,
    );
    return { namespace: 'default', connectionOptions: { address: 'unknown' } };
  }
}

function stopOn(problems: string[]): void {
  if (problems.length > 0)
    throw new Error(`The configuration is incomplete or invalid:\n${problems.map((line) => `  ${line}`).join('\n')}`);
}

/** The description of a variable for the documents. */
export interface DescribedVariable {
  name: string;
  what: string;
  example: string;
  /** The default value; undefined when there is none. */
  standard: string | undefined;
  /** The processes that do not start without it. */
  requiredBy: ('api' | 'worker')[];
  readBy: ('api' | 'worker')[];
}

/** Every variable of the API and the worker, in the order of this file, without those of Temporal's own configuration. */
export function describeVariables(): DescribedVariable[] {
  const readers: Record<DescribedVariable['readBy'][number], Variables> = { api, worker };
  return Object.keys({ ...api, ...worker }).map((name) => {
    // The worker's definition comes first: a variable that both processes read may be required only by the worker.
    const readBy = (['api', 'worker'] as const).filter((who) => name in readers[who]);
    const { schema, what, example } = readers.worker[name] ?? readers.api[name]!;
    const absent = schema.safeParse(undefined);
    const standard: unknown = absent.success ? absent.data : undefined;
    return {
      name,
      what,
      example,
      requiredBy: readBy.filter((who) => !readers[who][name]!.schema.safeParse(undefined).success),
      // A list has no default to show: an empty one means all.
      standard: ['string', 'number', 'boolean'].includes(typeof standard) ? `${standard as string}` : undefined,
      readBy,
    };
  });
}
