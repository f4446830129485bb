import { parseAdminAddress } from '../source/live/admin-address.ts';
import { type AdminClient, adminClient } from '../source/live/admin-client.ts';
import { fetchDocuments } from '../source/live/fetch-documents.ts';
import type { Needs } from '../source/live/fetch-plan.ts';
import type { ProxyInput } from '../source/read-input.ts';
import type { InputArgs } from './command-input.ts';
import { durationOf } from './duration-flag.ts';
import type { Io } from './io.ts';
import { transferProgress } from './live-progress.ts';

/** Fetches what a command needs from the live proxies that it names. Nothing stays open. Throws Failure PC11xx. */
export async function readLive(args: InputArgs, needs: Needs, io: Io): Promise<readonly ProxyInput[]> {
  const inputs: ProxyInput[] = [];
  for (const url of args.url) inputs.push(await readOne(clientOfUrl(url, args, io), needs));
  return inputs;
}

interface LiveClient {
  readonly client: AdminClient;
  done(): void;
}

function clientOfUrl(url: string, args: InputArgs, io: Io): LiveClient {
  const address = parseAdminAddress(url);
  const limitMs = args.timeout === undefined ? undefined : durationOf('--timeout', args.timeout);
  const progress = transferProgress(address.label, io);
  return { client: adminClient({ ...address, limitMs, onBytes: progress.onBytes }), done: progress.done };
}

async function readOne({ client, done }: LiveClient, needs: Needs): Promise<ProxyInput> {
  try {
    const { documents, notes } = await fetchDocuments(client, needs);
    const own = documents.flatMap((document) => document.notes.map((note) => ({ ...note, document: document.label })));
    return { name: client.label, documents, notes: [...notes, ...own] };
  } finally {
    done();
    await client.close();
  }
}
