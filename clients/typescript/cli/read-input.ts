import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './exit';

/** The JSON object in a file, or on standard input for `-`. */
export async function readObject(file: string): Promise<Record<string, unknown>> {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch((error: Error) => {
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  });
  return parseObject(content, file);
}

/** The JSON object in a text. */
export function parseObject(content: string, name: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(content);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch (error) {
    throw new UsageError(`${name} is not JSON: ${(error as Error).message}`);
  }
  throw new UsageError(`${name} must hold a JSON object.`);
}
