import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { TestProduct } from '../../helpers/product';
import { archiveSeen, vault } from '../checker/eyes/in-vault';
import { wholeExports } from '../checker/invariants/changes/i19-whole-export';
import type { Exported } from '../journal';

/** Damages an export in every way that the checker looks for, and returns how many the checker saw, and how many there are. */
export async function damagesSeen(
  product: TestProduct,
  [exported]: readonly Exported[],
): Promise<{ seen: number; of: number }> {
  const [key] = exported?.archive.files ?? [];
  if (!exported || key === undefined) return { seen: 0, of: DAMAGES.length };
  const { client, Bucket } = vault(product.endpoints);
  const at = { Bucket, Key: key };
  try {
    const { Body } = await client.send(new GetObjectCommand(at));
    const whole = Buffer.from((await Body?.transformToByteArray()) ?? '');
    let seen = 0;
    for (const damage of DAMAGES) {
      await damage(client, at, whole);
      const { violations } = wholeExports([{ ...exported, archive: await archiveSeen(product, exported.tenantId) }]);
      if (violations.length > 0) seen += 1;
      await client.send(new PutObjectCommand({ ...at, Body: whole }));
    }
    return { seen, of: DAMAGES.length };
  } finally {
    client.destroy();
  }
}

type Damage = (client: S3Client, at: { Bucket: string; Key: string }, whole: Buffer) => Promise<void>;

const DAMAGES: readonly Damage[] = [
  async (client, at) => void (await client.send(new DeleteObjectCommand(at))),
  async (client, at, whole) =>
    void (await client.send(new PutObjectCommand({ ...at, Body: whole.subarray(0, whole.length - 100) }))),
  async (client, at, whole) => {
    const changed = Buffer.from(whole);
    changed[whole.length - 200]! ^= 1;
    await client.send(new PutObjectCommand({ ...at, Body: changed }));
  },
  // Last, because this one is not repaired.
  async (client, { Bucket, Key }, whole) =>
    void (await client.send(new PutObjectCommand({ Bucket, Key: `${Key}.another`, Body: whole }))),
];
