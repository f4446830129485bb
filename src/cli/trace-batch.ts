import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Failure } from '../dump/failure.ts';
import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import type { TraceRequest } from '../match/request.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { traceRequest } from '../trace/trace-request.ts';
import type { Io } from './io.ts';

const BUFFER = 1 << 16;

/** Answers one request a line, in order, each with one line of the contract. Throws Failure PC1021 for a line that is no request. */
export async function traceBatch(proxy: ProxyConfig, file: string, random: bigint | undefined, io: Io): Promise<void> {
  const options = { terse: true, ...(random === undefined ? {} : { random }) };
  await answerEach((request) => traceRequest(proxy, request, options), file, io);
}

/** The same with an answer of the caller's own for each request. */
export async function answerEach(answerOf: (request: TraceRequest) => object, file: string, io: Io): Promise<void> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  const failed = new Promise<never>((_, reject) =>
    input.once('error', (cause: unknown) => reject(new Failure({ id: 'PC1021', what: `cannot read ${file}: ${(cause as Error).message}`, cause }))),
  );
  const answerAll = async (): Promise<void> => {
    let number = 0;
    let pending = '';
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() === '') continue;
      pending += `${JSON.stringify(answerOf(parseRequest(line, file, number)))}\n`;
      if (pending.length > BUFFER) {
        io.out(pending);
        pending = '';
      }
    }
    io.out(pending);
  };
  await Promise.race([answerAll(), failed]);
}

function parseRequest(line: string, file: string, number: number): TraceRequest {
  let value: JsonValue;
  try {
    value = JSON.parse(line) as JsonValue;
  } catch (cause) {
    throw new Failure({
      id: 'PC1021',
      what: 'a line of the requests is not JSON',
      place: `${file}:${number}`,
      next: 'one JSON object a line: {"id": …, "authority": …, "path": …}',
      cause,
    });
  }
  if (!isJsonObject(value))
    throw new Failure({ id: 'PC1021', what: 'a line of the requests is not a JSON object', place: `${file}:${number}`, next: 'one JSON object a line' });
  const wrong = WRONG_TYPES.find(([key, type]) => value[key] !== undefined && value[key] !== null && !type(value[key] as JsonValue));
  if (wrong !== undefined)
    throw new Failure({
      id: 'PC1021',
      what: `the field "${wrong[0]}" of a request has a value of a wrong type`,
      place: `${file}:${number}`,
      next: 'see docs/trace-json.md for the form of a request',
    });
  return value as TraceRequest;
}

const isText = (value: JsonValue): boolean => typeof value === 'string';
const isHeaders = (value: JsonValue): boolean => Array.isArray(value) && value.every((h) => Array.isArray(h) && h.length === 2 && h.every(isText));
const isAddress = (value: JsonValue): boolean => isJsonObject(value) && typeof value['address'] === 'string';
const WRONG_TYPES: readonly (readonly [string, (value: JsonValue) => boolean])[] = [
  ['method', isText],
  ['authority', isText],
  ['path', isText],
  ['scheme', isText],
  ['protocol', isText],
  ['body', isText],
  ['headers', isHeaders],
  ['listener', isAddress],
  ['destination', isAddress],
  ['source', isAddress],
  ['tls', isJsonObject],
];
