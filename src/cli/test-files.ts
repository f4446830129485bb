import { readFileSync } from 'node:fs';
import { textSource } from '../dump/byte-source.ts';
import { Failure } from '../dump/failure.ts';
import { parseJson } from '../dump/json-text.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import { jsonOfYaml } from '../dump/yaml-document.ts';
import type { TraceRequest } from '../match/request.ts';
import { readTests } from '../route-test/read-tests.ts';
import type { RouteTest } from '../route-test/route-test.ts';
import { unreadable } from '../source/source-error.ts';
import { type QuestionFlags, questionOf } from './trace-question.ts';

/** The tests of files in YAML or JSON. Throws Failure PC1004, PC1013, PC1018 or PC1023. */
export function readTestFiles(files: readonly string[]): readonly RouteTest[] {
  return files.flatMap((file) => documentsOf(file).flatMap((document) => readTests(document, file, requestOfUrl)));
}

function documentsOf(file: string): readonly JsonValue[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
  if (/^\s*[{[]/.test(text)) return [parseJson(text, () => file)];
  const documents = jsonOfYaml(textSource(file, text), 0);
  if (documents.length === 0) throw new Failure({ id: 'PC1023', what: 'the file holds no tests', place: file, next: 'docs/test.md has the form of a test' });
  return documents;
}

/** The request of a test's `url` and the fields beside it, in the words of the flags of `pc trace`. */
export function requestOfUrl(url: string, fields: JsonObject): TraceRequest {
  const text = (name: string): string | undefined => (fields[name] === undefined ? undefined : String(fields[name]));
  const flags: QuestionFlags = {
    method: text('method'),
    header: headersOf(fields['headers']),
    data: text('body'),
    sni: text('sni'),
    alpn: listOf(fields['alpn']),
    tls: fields['tls'] === undefined ? undefined : fields['tls'] === true,
    clientCert: fields['client_cert'] === true ? true : undefined,
    source: text('source'),
    to: text('to'),
    listener: text('listener'),
    http: text('http'),
    metadata: isJsonObject(fields['metadata']) ? Object.entries(fields['metadata']).map(([key, value]) => `${key}=${String(value)}`) : [],
  };
  return questionOf(url, flags);
}

/** Headers by name, or a list of `name: value`. */
function headersOf(value: JsonValue | undefined): string[] {
  if (isJsonObject(value)) return Object.entries(value).flatMap(([name, held]) => listOf(held).map((text) => `${name}: ${text}`));
  return listOf(value);
}

function listOf(value: JsonValue | undefined): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? (value as readonly JsonValue[]) : [value]).map(String);
}
