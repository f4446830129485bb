/** A place in a JSON document: object keys and array positions, outermost first. */
export type DumpPath = readonly (string | number)[];

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The path as jq reads it: `.configs[2].dynamic_listeners[7]`, with odd keys quoted: `.a["x.y"]`; `.` for the document itself. */
export function jqPath(path: DumpPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += text === '' ? `.[${step}]` : `[${step}]`;
    else if (PLAIN_KEY.test(step)) text += `.${step}`;
    else text += `${text === '' ? '.' : ''}[${JSON.stringify(step)}]`;
  }
  return text === '' ? '.' : text;
}

/** Whether a place is `start`, or within it. */
export function startsWith(path: DumpPath, start: DumpPath): boolean {
  return start.length <= path.length && start.every((step, i) => step === path[i]);
}
