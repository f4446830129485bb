import { Failure } from '../dump/failure.ts';
import { entryOf, type LineReader, type LogField } from './log-entry.ts';
import { fieldOf, NUMBERS } from './operators.ts';

/** Istio's text format (1.9 and later). */
export const ISTIO_FORMAT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%';

/** Istio's text format before 1.9. */
export const OLD_ISTIO_FORMAT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% "%DYNAMIC_METADATA(istio.mixer:status)%" "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%';

/** Envoy's own default. */
export const ENVOY_FORMAT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"';

/** One operator: a name, arguments in parentheses that may hold percent signs of their own, a length. */
const OPERATOR = /%([A-Z_]+(?:\([^)]*\))?(?::\d+)?)%/y;

/**
 * Makes a reader of lines in a format string of Envoy's. `%%` is a percent sign.
 * Throws Failure PC1050 for a string without operators, or with a percent sign that begins none.
 */
export function compileFormat(format: string): LineReader {
  const fields: (LogField | undefined)[] = [];
  let pattern = '^';
  const text = format.replace(/\\n$|\n$/, '');
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('%%', at)) {
      pattern += '%';
      at += 2;
      continue;
    }
    if (text[at] !== '%') {
      pattern += (text[at] as string).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
      at++;
      continue;
    }
    OPERATOR.lastIndex = at;
    const found = OPERATOR.exec(text);
    if (found === null) throw badFormat(`there is no operator at ${JSON.stringify(text.slice(at, at + 20))}`);
    const field = fieldOf(found[1] as string);
    at += found[0].length;
    fields.push(field);
    pattern += valuePattern(field, text[at]);
  }
  if (fields.every((field) => field === undefined)) throw badFormat('no operator in it says anything of a request');
  const places: Partial<Record<LogField, number>> = {};
  for (const [i, field] of fields.entries()) if (field !== undefined) places[field] ??= i + 1;
  const regex = new RegExp(`${pattern}\\s*$`);
  return (line) => {
    const found = regex.exec(line);
    return found === null ? undefined : entryOf((field) => found[places[field] ?? -1]);
  };
}

/** A value ends before the text behind it; numbers are told from words, so that a line of another format does not fit by chance. */
function valuePattern(field: LogField | undefined, next: string | undefined): string {
  if (field !== undefined && NUMBERS.has(field)) return '(-|\\d+)';
  if (field === 'flags') return '(-|[A-Za-z]+(?:,[A-Za-z]+)*)';
  if (next === undefined) return '(.*?)';
  // Clients write quotes into their names; every other field has none.
  if (next === '"') return field === 'userAgent' || field === 'path' ? '(.*?)' : '([^"]*)';
  if (next === ']') return '([^\\]]*)';
  // Older versions write blanks within the details: the number or quote behind them tells where they end.
  if (field === 'details') return '([^\\s{]*\\{[^}]*\\}\\S*|\\S*)';
  return field === 'termination' || field === 'path' ? '(.+?)' : '(\\S*)';
}

function badFormat(why: string): Failure {
  return new Failure({
    id: 'PC1050',
    what: `--format is not a format of an access log: ${why}`,
    next: "write it as in the proxy's configuration: --format '[%START_TIME%] %RESPONSE_CODE% %RESPONSE_FLAGS%'",
  });
}
