import { type ByteSource, textSource } from '../../dump/byte-source.ts';
import type { DumpDocument } from '../../dump/dump-document.ts';
import { Failure } from '../../dump/failure.ts';
import { readDocuments } from '../../dump/read-documents.ts';
import { type AdminClient, AdminStatusFailure } from './admin-client.ts';
import { bytesText, requestText } from './admin-failure.ts';
import { type Needs, type PlannedRequest, planRequests, WHOLE_DUMP } from './fetch-plan.ts';

/** What a proxy gave of what a command needs, and what the user should know about it. */
export interface FetchedProxy {
  readonly documents: readonly DumpDocument[];
  readonly notes: readonly { readonly id: string; readonly what: string; readonly document: string }[];
}

/** Envoy's answer to a mask that fits none of the sections that it has. */
const NO_SUCH_SECTION = /could not be successfully applied to any configs/;

/** What Envoy's own outputs are; anything else came from something that is no Envoy. */
const EXPECTED: ReadonlySet<DumpDocument['kind']> = new Set([
  'config_dump',
  'tool_output',
  'clusters',
  'listeners',
  'certs',
  'server_info',
  'xds_resources',
  'stats',
]);

/**
 * Asks a live proxy for what a command needs, and reads it.
 *
 * An Envoy that knows no masks (or refuses one) is asked for its whole dump instead, with a note. Throws Failure PC111x where an answer
 * that is needed does not come whole, or is no admin output.
 */
export async function fetchDocuments(client: AdminClient, needs: Needs): Promise<FetchedProxy> {
  const documents: DumpDocument[] = [];
  const notes: { id: string; what: string; document: string }[] = [];
  let whole: Promise<readonly DumpDocument[]> | undefined;
  const fetchWhole = (): Promise<readonly DumpDocument[]> => {
    whole ??= read(client, WHOLE_DUMP);
    return whole;
  };
  const plan = planRequests(needs);
  let refused = 0;
  for (const request of plan) {
    try {
      documents.push(...(await fetchOne(client, request)));
    } catch (error) {
      if (!(error instanceof AdminStatusFailure)) throw error;
      if (request.optional) {
        // Where nothing at all is given, that is the answer, however little each request matters.
        if (++refused === plan.length) throw error;
        if (request.optional !== 'quiet') notes.push({ id: 'PC1134', what: `left out: ${error.message}`, document: client.label });
      } else if (request.section !== undefined && (error.status === 400 || error.status === 404)) {
        if (whole === undefined) {
          const what = `this Envoy does not give a part of its configuration (${error.text.trim().slice(0, 120) || `status ${error.status}`}); all of it was fetched`;
          notes.push({ id: 'PC1133', what, document: client.label });
        }
        documents.push(...(await fetchWhole()).filter((document) => !documents.includes(document)));
      } else throw error;
    }
  }
  return { documents, notes };
}

async function fetchOne(client: AdminClient, request: PlannedRequest): Promise<readonly DumpDocument[]> {
  try {
    const documents = await read(client, request.path);
    if (request.unfiltered === undefined || documents.some((document) => document.seeds.length > 0)) return documents;
    return await read(client, request.unfiltered);
  } catch (error) {
    // The section is one that the proxy does not have at all: it has none of these resources.
    if (error instanceof AdminStatusFailure && error.status === 400 && NO_SUCH_SECTION.test(error.text) && request.section !== undefined) {
      const empty = { configs: [{ '@type': `type.googleapis.com/${request.section}` }] };
      return readDocuments(textSource(`${client.label}${request.path}`, JSON.stringify(empty)));
    }
    throw error;
  }
}

async function read(client: AdminClient, path: string): Promise<readonly DumpDocument[]> {
  return readAnswer(client.label, path, await client.get(path));
}

/** Reads one whole answer. Throws Failure PC1115 where its JSON ends too early, PC1114 where it is none, or none of Envoy's. */
export async function readAnswer(label: string, path: string, source: ByteSource): Promise<readonly DumpDocument[]> {
  // What Envoy answers where it has none of the resources that are asked for.
  if (source.size < 8 && new TextDecoder().decode(source.read(0, source.size)).trim() === '{}') return [];
  const documents = await readDocuments(source).catch((error: unknown) => {
    throw error instanceof Failure ? unreadableAnswer(label, path, source, error) : error;
  });
  const strange = documents.find((document) => !EXPECTED.has(document.kind));
  if (strange === undefined && documents.length > 0) return documents;
  throw notAdmin(label, path, source, strange?.about ?? 'nothing');
}

function unreadableAnswer(label: string, path: string, source: ByteSource, error: Failure): Failure {
  if (error.id === 'PC1003') {
    const what = `${label}: the answer to ${requestText('GET', path)} ends too early, after ${bytesText(source.size)}: ${error.message}`;
    return new Failure({ id: 'PC1115', what, place: error.place, next: 'try again; nothing of it was used', cause: error });
  }
  if (error.id === 'PC1004' || error.id === 'PC1009' || error.id === 'PC1014' || error.id === 'PC1018' || error.id === 'PC1019')
    return notAdmin(label, path, source, error.message);
  return error;
}

function notAdmin(label: string, path: string, source: ByteSource, found: string): Failure {
  const start = new TextDecoder().decode(source.read(0, 60)).replace(/\s+/g, ' ').trim();
  const about = found.startsWith(`${source.label} is `) ? `it ${found.slice(source.label.length + 1)}` : found;
  const what = `${label}: the answer to ${requestText('GET', path)} is not Envoy's: ${about}${start === '' ? '' : ` (it begins ${JSON.stringify(start)})`}`;
  return new Failure({ id: 'PC1114', what, place: label, next: 'check that the port is the admin port of an Envoy: GET /server_info must answer with JSON' });
}
