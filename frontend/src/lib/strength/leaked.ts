/**
 * The list of leaked passwords that the API has: backend/src/passwords/leaked.py says how its file is made. Only two parts
 * of the file are fetched. No address has anything of the password or of its digest.
 */

import { folded } from "./own-words";

/** Gives at least the bytes from `begin` to before `end`. */
export type Read = (begin: number, end: number) => Promise<Uint8Array>;

const GROUPS = 1 << 16;
/** Bytes. The server sees only which of twelve blocks it reads. */
const BLOCK = 1 << 16;

/** True for a password on the list, and by chance for about 1 of 10,000 others. */
export async function isLeaked(password: string, read: Read): Promise<boolean> {
  const digest = new DataView(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(folded(password))),
  );
  const [group, rest] = [digest.getUint16(0), digest.getUint16(2)];
  const counts = (await read(0, GROUPS)).subarray(0, GROUPS);
  const begin = GROUPS + 2 * counts.subarray(0, group).reduce((sum, count) => sum + count, 0);
  const end = begin + 2 * (counts[group] ?? 0);
  const block = begin - (begin % BLOCK);
  const bytes = await read(block, end + BLOCK - (end % BLOCK));
  const digests = new DataView(bytes.buffer, bytes.byteOffset + begin - block, end - begin);
  return Array.from({ length: (end - begin) / 2 }, (_, place) => digests.getUint16(2 * place)).includes(rest);
}

/** Milliseconds. After that the estimate alone is shown. */
const PATIENCE = 5_000;

/** Reads the file at the address, and keeps what it has read. A server that knows no ranges sends the whole. */
export function reader(address: URL): Read {
  const kept = new Map<string, Promise<Uint8Array>>();
  return (begin, end) => {
    const range = `bytes=${begin}-${end - 1}`;
    const part = kept.get(range) ?? fetchPart(address, range, begin, end);
    kept.set(range, part);
    part.catch(() => kept.delete(range));
    return part;
  };
}

async function fetchPart(address: URL, range: string, begin: number, end: number): Promise<Uint8Array> {
  const answer = await fetch(address, { headers: { Range: range }, signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`the list of leaked passwords: ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return answer.status === 206 ? bytes : bytes.subarray(begin, end);
}
