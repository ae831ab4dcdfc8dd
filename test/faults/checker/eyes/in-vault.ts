import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { StorageSettings } from '../../../../config/regions';
import { s3Client } from '../../../../providers/storage/s3-client';
import { vaultName } from '../../../../providers/storage/vault/vault-name';
import type { TestProduct } from '../../../helpers/product';
import { EXPORT_KEY } from '../../export-key';
import { REGION } from '../../proxies/lines';
import { KEPT_OBJECT } from './watched';

/** What the region's vault has of a tenant's export. */
export interface Archive {
  files: readonly string[];
  /** Unfinished uploads with content. Upkeep aborts one that holds nothing, which a late request can begin. */
  unfinished: number;
  /** What is wrong with the only file; empty if it is whole. */
  damage: string;
}

const READER = resolve(__dirname, '../../../../tools/verify-export.mjs');

/** Looks for the exports of a tenant, and reads the only one with the reader that customers are given. */
export async function archiveSeen({ endpoints }: TestProduct, tenantId: string): Promise<Archive> {
  const { client, Bucket } = vault(endpoints);
  const Prefix = `export/${tenantId}/`;
  try {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
    const files = Contents.map(({ Key = '' }) => Key);
    const damage = files.length === 1 ? await damageOf(client, { Bucket, Key: files[0]! }) : '';
    const held = Uploads.filter(({ Key = '' }) => Key.startsWith(Prefix)).map(async ({ Key, UploadId }) => {
      const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
      return Parts.length > 0;
    });
    return { files, unfinished: (await Promise.all(held)).filter((has) => has).length, damage };
  } finally {
    client.destroy();
  }
}

/** The vault of the region behind the lines, as the store's administrator. */
export function vault({ s3 }: TestProduct['endpoints']): { client: S3Client; Bucket: string } {
  const settings: StorageSettings = { provider: 'versity', name: REGION, capacity: 1, ...s3![REGION]! };
  return { client: s3Client(settings), Bucket: vaultName(settings, REGION) };
}

async function damageOf(client: S3Client, at: { Bucket: string; Key: string }): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'));
  const [archive, identity, contents] = ['archive.age', 'key.txt', 'contents'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    const { Body } = await client.send(new GetObjectCommand(at));
    writeFileSync(archive, (await Body?.transformToByteArray()) ?? '');
    writeFileSync(identity, `${EXPORT_KEY.identity}\n`);
    await promisify(execFile)(process.execPath, [READER, archive, '--identity', identity, '--extract', contents]);
    const objects = readFileSync(join(contents, 'objects-0001.jsonl'), 'utf8');
    return objects.includes(`"${KEPT_OBJECT}"`) ? '' : `${KEPT_OBJECT} is missing`;
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error) || String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
