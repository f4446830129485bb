import type { DumpPath } from './dump-path.ts';

const STEP = /\.([A-Za-z_][A-Za-z0-9_]*)|\.?\[(\d+)\]|\.?\[("(?:[^"\\]|\\.)*")\]/gy;

/** The steps of a path as {@link jqPath} writes it; `.` and '' are the document itself. What is not such a path ends the steps. */
export function parseJqPath(text: string): DumpPath {
  const steps: (string | number)[] = [];
  for (const [, key, index, quoted] of text.matchAll(STEP)) {
    if (key !== undefined) steps.push(key);
    else if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(JSON.parse(quoted) as string);
  }
  return steps;
}
