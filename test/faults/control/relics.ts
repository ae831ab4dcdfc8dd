import { ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { underscoreName } from '../../../contract/ids';
import { s3Client } from '../../../providers/storage/s3-client';
import { asServerAdmin } from '../../helpers/providers/keycloak/realm-user';
import type { TestProduct } from '../../helpers/product';
import { asSuperuser } from '../checker/eyes/in-postgres';
import { remainsOf } from '../checker/eyes/remains';
import type { Evidence } from '../checker/evidence';
import { listHoldings } from '../checker/holdings';
import {
  certificatesOf,
  trueCertificates,
  type SignedCertificate,
} from '../checker/invariants/changes/i17-true-certificate';
import { nothingLeft } from '../checker/invariants/changes/i18-nothing-left';
import type { Removed } from '../journal';
import { REGION } from '../proxies/lines';

/** Things of a removed tenant that turn up after its removal: how to leave one, and what the checker must say of it. */
type Relic = (product: TestProduct, removed: Removed) => Promise<string>;

const RELICS: readonly Relic[] = [role, object, account, name];

/** Leaves relics of a removed tenant, and returns how many the checker saw, and how many there are. */
export async function relicsSeen(product: TestProduct, removed: Removed): Promise<{ seen: number; of: number }> {
  const signs: string[] = [];
  for (const relic of RELICS) signs.push(await relic(product, removed));
  const holdings = await listHoldings(product.endpoints, new Date());
  const remains = await remainsOf(product, [removed]);
  const { violations } = nothingLeft([removed], { evidence: { holdings }, remains, certificates: new Map() });
  const said = violations.map(({ what }) => what).join();
  return { seen: signs.filter((sign) => said.includes(sign)).length, of: signs.length };
}

/** Forges the certificate of a removed tenant, and returns how many forgeries the checker saw, and how many there are. */
export async function forgeriesSeen(
  product: TestProduct,
  removed: Removed,
  evidence: Pick<Evidence, 'ledger'>,
): Promise<{ seen: number; of: number }> {
  const certificates = await certificatesOf(product, [removed]);
  const real = certificates.get(removed.tenantId);
  if (!real) return { seen: 0, of: 1 };
  const check = async (each: Map<string, SignedCertificate>): Promise<boolean> =>
    (await trueCertificates(product, [removed], evidence, each)).violations.length > 0;
  const payload = Buffer.from(real.payload, 'base64url').toString().replace('"absent"', '"scheduled"');
  const forgeries = [
    { ...real, payload: Buffer.from(payload).toString('base64url') },
    { ...real, signature: Buffer.alloc(64).toString('base64url') },
  ].map((forged) => new Map([[removed.tenantId, forged]]));
  const noticed = await Promise.all([...forgeries, new Map<string, SignedCertificate>()].map(check));
  // The real one must pass, or the others would prove nothing.
  if (await check(certificates)) return { seen: 0, of: noticed.length };
  return { seen: noticed.filter((each) => each).length, of: noticed.length };
}

async function role({ endpoints }: TestProduct, { tenantId }: Removed): Promise<string> {
  const relic = `${underscoreName(tenantId)}_app`;
  const client = await asSuperuser(endpoints, 'postgres');
  await client.query(`create role ${relic}`).finally(() => client.end());
  return `role ${relic}`;
}

async function object({ endpoints }: TestProduct, { tenantId }: Removed): Promise<string> {
  const client = s3Client({ provider: 'versity', name: REGION, capacity: 1, ...endpoints.s3![REGION]! });
  try {
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
    const Bucket = Buckets.find(({ Name = '' }) => !/^t-[a-z0-9]{16}$/.test(Name))!.Name!;
    const Key = `relics/${tenantId}/part`;
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'a relic' }));
    return `object ${Bucket}/${Key}`;
  } finally {
    client.destroy();
  }
}

async function account({ endpoints }: TestProduct, { tenantId }: Removed): Promise<string> {
  const call = await asServerAdmin(endpoints.keycloak!);
  const username = `relic-of-${tenantId}`;
  const { status, text } = await call('POST', '/admin/realms/tenants/users', {
    username,
    enabled: false,
    attributes: { tenantId: [tenantId] },
  });
  if (status !== 201) throw new Error(`Keycloak answered ${status}: ${text}`);
  return `account ${username}`;
}

async function name({ inRegistryAsOwner }: TestProduct, { operationId, names }: Removed): Promise<string> {
  const [text] = names;
  await inRegistryAsOwner(`update operation set caller = 'token:${text}' where operation_id = '${operationId}'`);
  return `“${text}” in clear text`;
}
