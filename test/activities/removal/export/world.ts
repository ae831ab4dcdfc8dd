import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ExportDependencies } from '../../../../activities/removal/export/dependencies';
import { createExport } from '../../../../activities/removal/export/export-tenant';
import { openAge } from '../../../../activities/removal/export/age';

import { dashName } from '../../../../contract/ids';
import type { Isolation, Plan } from '../../../../contract/orders/order';
import type { ExportManifest } from '../../../../contract/exports/archive';
import { s3Client } from '../../../../providers/storage/s3-client';
import { createStorage, type Storage } from '../../../../providers/storage/storage';
import { registerCells, reserve } from '../../../../registry/capacity/capacity';
import { transaction } from '../../../../registry/database';
import { acceptOrder } from '../../../../registry/operations/acceptance';
import { acceptChange } from '../../../../registry/operations/change-acceptance';
import { findExport } from '../../../../registry/tenants/exports';
import { loadTemplates } from '../../../../templates/load';
import { order } from '../../../helpers/api';
import { createTestRegistry, type TestRegistry } from '../../../helpers/registry';
import { versityRegions } from '../../../helpers/providers/storage/storage-regions';
import { resourceContext } from '../../../providers/kind-suite';
import { CELL, REGION, startClusters, type Clusters } from '../../../providers/postgres/clusters';
import { provision } from '../../../providers/postgres/tenant';
import { BUCKET_SPEC } from '../../../providers/storage/fixture';
import type { Endpoints } from '../../../../stack/types';
import { extractTar } from './extract-tar';

/** A tenant that is to be exported. */
export interface LeavingTenant {
  tenantId: string;
  /** The operation that exports it. */
  operationId: string;
  remove(): Promise<void>;
}

/** An archive as its owner sees it: every file of every volume, and the manifests in order. */
export interface OpenedArchive {
  files: Map<string, Buffer>;
  manifests: ExportManifest[];
}

/** Registry, database servers and object store for exports; people and invoices are made up. */
export class ExportWorld {
  readonly signal = AbortSignal.timeout(600_000);
  #sequence = 0;

  private constructor(
    readonly registry: TestRegistry,
    readonly clusters: Clusters,
    readonly storage: Storage,
    readonly s3: S3Client,
  ) {}

  static async start(endpoints: Endpoints): Promise<ExportWorld> {
    const registry = await createTestRegistry();
    const regions = versityRegions(endpoints);
    const storage = createStorage(regions);
    const s3 = s3Client(regions.find(({ name }) => name === REGION)!.storage);
    const world = new ExportWorld(registry, await startClusters(undefined), storage, s3);
    await world.vault.prepare(world.signal);
    const kinds = ['database', 'storage', 'compute'] as const;
    await registerCells(
      registry.pool,
      kinds.map((kind) => ({ region: REGION, kind, cell: kind === 'database' ? CELL : kind, capacity: 1_000 })),
    );
    return world;
  }

  async stop(): Promise<void> {
    this.storage.close();
    this.s3.destroy();
    await this.clusters.stop();
    await this.registry.drop();
  }

  get vault() {
    return this.storage.forRegion(REGION).vault;
  }

  /** The activities, with some parts replaced. */
  activities(
    limits: Parameters<typeof createExport>[1] = undefined,
    {
      storage = this.storage,
      signal = this.signal,
    }: { storage?: ExportDependencies['storage']; signal?: AbortSignal } = {},
  ): ReturnType<typeof createExport> {
    const ada = { id: '1', username: 'ada', email: 'ada@example.com' };
    return createExport(
      {
        pool: this.registry.pool,
        keys: this.registry.keys,
        signal: () => signal,
        postgres: this.clusters.postgres,
        storage,
        keycloak: {
          readMembers: () =>
            Promise.resolve({
              users: [
                {
                  ...ada,
                  emailVerified: true,
                  firstName: 'Ada',
                  lastName: undefined,
                  createdTimestamp: 0,
                  attributes: {},
                  groups: ['/t/admins'],
                  signsInWith: [],
                },
              ],
              groups: [{ id: '2', path: '/t/admins', roles: ['admin'] }],
            }),
          classify: () => undefined,
        },
        billing: { listInvoices: () => Promise.resolve([{ id: 'in_1' }]), classify: () => undefined },
      },
      limits,
    );
  }

  /** A tenant with a database, an empty bucket, and an operation that may export it. */
  async tenant(plan: Plan, isolation: Isolation, exportTo?: string): Promise<LeavingTenant> {
    const { pool, keys } = this.registry;
    const hash = () => Buffer.alloc(32, ++this.#sequence);
    const accepted = await acceptOrder(pool, keys, {
      caller: 'test',
      requestHash: hash(),
      order: order({ tenantName: `export-${this.#sequence}` }),
      template: loadTemplates('templates').get(plan),
      approvalsRequired: [],
    });
    if (accepted.outcome !== 'accepted') throw new Error('not accepted');
    const { tenantId } = accepted;
    await pool.query(`update operation set status = 'active', region = $2 where operation_id = $1`, [
      accepted.operationId,
      REGION,
    ]);
    await transaction(pool, (client) =>
      reserve(client, {
        tenantId,
        region: REGION,
        hostname: `${tenantId}.example.com`,
        computeCells: ['compute'],
        units: { database: 1, storage: 1, compute: 1 },
      }),
    );
    const database = await provision(this.clusters.postgres, isolation, tenantId);
    const { kinds } = this.storage.forRegion(REGION);
    const key = resourceContext(kinds.accessKey, REGION, {}, tenantId);
    const bucket = resourceContext(kinds.bucket, REGION, BUCKET_SPEC, tenantId);
    await kinds.accessKey.create(key);
    await kinds.bucket.create(bucket);
    const change = await acceptChange(pool, keys, {
      kind: 'suspend',
      tenantId,
      caller: 'test',
      requestHash: hash(),
      parameters: { access: 'closed', ...(exportTo === undefined ? {} : { exportTo }) },
    });
    if (change.outcome !== 'accepted') throw new Error(`not accepted: ${change.outcome}`);
    return {
      tenantId,
      operationId: change.run.operationId,
      remove: async () => {
        await kinds.bucket.remove(bucket);
        await kinds.accessKey.remove(key);
        await database.remove();
      },
    };
  }

  async put(tenantId: string, key: string, content: string): Promise<void> {
    const [Body, Metadata] = [Buffer.from(content), { made: 'by-a-test' }];
    await this.s3.send(
      new PutObjectCommand({ Bucket: dashName(tenantId), Key: key, Body, ContentType: 'text/x', Metadata }),
    );
  }

  /** Everything that is in the vault of an export. */
  async stored({ tenantId, operationId }: LeavingTenant): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.vault.list(`export/${tenantId}/${operationId}/`, { signal: this.signal }))
      keys.push(key.split('/').slice(3).join('/'));
    return keys.sort();
  }

  /** Begins an upload into the vault as a worker does that is killed in the middle. */
  async beginUpload(Key: string): Promise<void> {
    await this.s3.send(new CreateMultipartUploadCommand({ Bucket: this.vault.bucket, Key }));
  }

  /** Number of uploads of an export that were begun and neither finished nor aborted. */
  async unfinishedUploads({ tenantId }: LeavingTenant): Promise<number> {
    const command = new ListMultipartUploadsCommand({ Bucket: this.vault.bucket, Prefix: `export/${tenantId}/` });
    return ((await this.s3.send(command)).Uploads ?? []).length;
  }

  /** Decrypts and unpacks an archive. */
  async open({ operationId }: LeavingTenant, identity: string): Promise<OpenedArchive> {
    const archive: OpenedArchive = { files: new Map(), manifests: [] };
    for (const { key } of (await findExport(this.registry.pool, operationId))!.volumes) {
      const stored = await this.vault.read(key, { signal: this.signal });
      const files = await extractTar(openAge(identity, stored!));
      for (const [name, content] of files) archive.files.set(name, content);
      const manifest = [...files].find(([name]) => name.startsWith('manifest-'))![1];
      archive.manifests.push(JSON.parse(manifest.toString()) as ExportManifest);
    }
    return archive;
  }
}
