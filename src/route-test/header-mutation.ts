import { isCredentialName } from '../dump/credentials.ts';
import { REDACTED } from '../dump/mask-secrets.ts';
import type { HeaderLine } from '../match/connection-header.ts';
import { requestHeaders } from '../match/request-headers.ts';
import type { HeaderValueOption } from '../model/generated/envoy-api.ts';
import { durationMs } from '../model/message.ts';

/** One level of header changes: of a route, its arm, its virtual host or the route config. */
export interface HeaderChanges {
  readonly remove: readonly string[];
  readonly add: readonly HeaderValueOption[];
}

/** Headers as they are changed, and those whose value cannot be told, each with the reason. */
export interface ChangedHeaders {
  readonly lines: readonly HeaderLine[];
  readonly untold: ReadonlyMap<string, string>;
}

/** What a formatted header value may name. */
export interface FormatterFacts {
  /** The request's headers; undefined where they are what is changed. */
  readonly request?: (name: string) => string | undefined;
  readonly response?: (name: string) => string | undefined;
  readonly remoteAddress: string;
}

/**
 * Removes and adds headers, level by level. Within one level what is removed goes first; what is overwritten comes before what is added, and
 * values are formed from the headers as they stood before either.
 * Source: source/common/router/header_parser.cc HeaderParser::evaluateHeaders.
 */
export function changeHeaders(lines: readonly HeaderLine[], levels: readonly HeaderChanges[], facts: FormatterFacts): ChangedHeaders {
  const untold = new Map<string, string>();
  let changed: readonly HeaderLine[] = lines;
  for (const { remove, add } of levels) {
    const gone = new Set(remove.map((name) => name.toLowerCase()));
    for (const name of gone) untold.delete(name);
    changed = changed.filter(([name]) => !gone.has(name.toLowerCase()));
    const now = requestHeaders(changed);
    const own = { ...facts, request: facts.request ?? ((name: string) => now.first(name)) };
    const added: HeaderLine[] = [];
    const overwritten = new Map<string, string>();
    const unknown = new Map<string, string>();
    for (const option of add) {
      const name = (option.header?.key ?? '').toLowerCase();
      const action = actionOf(option);
      if ((action === 'ADD_IF_ABSENT' && now.first(name) !== undefined) || (action === 'OVERWRITE_IF_EXISTS' && now.first(name) === undefined)) continue;
      const value = formatted(option.header?.value ?? '', own);
      if (value === undefined) unknown.set(name, `its value is ${shownValue(name, option.header?.value)}, which pc does not evaluate`);
      else if (value === '' && option.keep_empty_value !== true) continue;
      else if (action.startsWith('OVERWRITE')) overwritten.set(name, value);
      else added.push([name, value]);
    }
    for (const name of overwritten.keys()) untold.delete(name);
    for (const [name, why] of unknown) untold.set(name, why);
    changed = [...changed.filter(([name]) => !overwritten.has(name.toLowerCase())), ...overwritten, ...added];
  }
  return { lines: changed, untold };
}

function shownValue(name: string, value: string | undefined): string {
  return isCredentialName(name) ? REDACTED : JSON.stringify(value ?? '');
}

type KnownFacts = FormatterFacts & Required<Pick<FormatterFacts, 'request'>>;

function actionOf({ append, append_action: action }: HeaderValueOption): string {
  if (append !== undefined) return append ? 'APPEND_IF_EXISTS_OR_ADD' : 'OVERWRITE_IF_EXISTS_OR_ADD';
  return String(action ?? 'APPEND_IF_EXISTS_OR_ADD');
}

/** The value with its substitutions filled in; undefined where one of them is known at run time only. */
function formatted(value: string, facts: KnownFacts): string | undefined {
  let isKnown = true;
  const text = value.replace(/%%|%([A-Z_0-9]+)(?:\(([^)]*)\))?(?::(\d+))?%/g, (whole, command?: string, argument?: string, length?: string) => {
    if (whole === '%%') return '%';
    const found = substitution(command ?? '', argument ?? '', facts);
    if (found === undefined) isKnown = false;
    return length === undefined ? (found ?? '') : (found ?? '').slice(0, Number(length));
  });
  return isKnown ? text : undefined;
}

/** Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/advanced/substitution_formatter */
function substitution(command: string, argument: string, facts: KnownFacts): string | undefined {
  const [name = '', other = ''] = argument.toLowerCase().split('?');
  if (command === 'REQ') return facts.request(name) ?? (other === '' ? '' : (facts.request(other) ?? ''));
  if (command === 'RESP' && facts.response !== undefined) return facts.response(name) ?? (other === '' ? '' : (facts.response(other) ?? ''));
  if (command === 'PROTOCOL') return 'HTTP/1.1';
  if (command === 'DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT') return facts.remoteAddress;
  return undefined;
}

/** A timeout of the test against one of the configuration, in milliseconds; undefined for text that is none. */
export function sameDuration(a: string, b: string): boolean {
  return durationMs(a) !== undefined && durationMs(a) === durationMs(b);
}
