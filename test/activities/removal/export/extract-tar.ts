import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The files of a tar, as the tar command extracts them. */
export async function extractTar(tar: AsyncIterable<Buffer>): Promise<Map<string, Buffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk);
  const folder = mkdtempSync(path.join(tmpdir(), 'export-'));
  try {
    execFileSync('tar', ['-x', '-C', folder], { input: Buffer.concat(chunks) });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(
      files.map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return [path.relative(folder, file), readFileSync(file)];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
