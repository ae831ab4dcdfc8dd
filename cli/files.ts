import { readFile } from 'node:fs/promises';

/** The bytes of a file, or of standard input for `-`. Throws with the file's name. */
export async function readBytes(file: string): Promise<Buffer> {
  if (file === '-') return bytesOfInput();
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The value of a JSON file. Throws with the file's name. */
export async function readJson(file: string): Promise<unknown> {
  const bytes = await readBytes(file);
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw new Error(`${file} is not JSON.`, { cause: error });
  }
}

async function bytesOfInput(): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
