import { pack } from 'tar-stream';

/** A tar archive with the given members (name → content), written by another program than pc's reader. */
export async function tarOf(members: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, content] of Object.entries(members)) archive.entry({ name }, Buffer.from(content as string));
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}
