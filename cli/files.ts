import { readFile } from 'node:fs/promises';
import { duplicateNames } from '../contract/schemas/values/duplicate-names';

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
  return parsed((await readBytes(file)).toString(), file);
}

/** The value of a JSON file, with pointers to the names that are in it more than once. Throws with the file's name. */
export async function readDocument(file: string): Promise<{ document: unknown; repeated: string[] }> {
  const text = (await readBytes(file)).toString();
  return { document: parsed(text, file), repeated: duplicateNames(text) };
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON.`, { cause: error });
  }
}

async function bytesOfInput(): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
