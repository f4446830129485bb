import type { LabelSelector, Workload } from './kube-objects.ts';

/** A selector as the API takes it in a query: `app=web,tier in (a,b),!old`. '' for one that selects nothing that can be said. */
export function selectorText(selector: NonNullable<Workload['spec']>['selector']): string {
  if (selector === undefined) return '';
  const { matchLabels, matchExpressions } = selector as LabelSelector;
  const isRich = typeof matchLabels === 'object' || Array.isArray(matchExpressions);
  const labels = isRich ? (matchLabels ?? {}) : (selector as Readonly<Record<string, string>>);
  return [...Object.entries(labels).map(([key, value]) => `${key}=${value}`), ...(isRich ? (matchExpressions ?? []) : []).map(expressionText)].join(',');
}

function expressionText({ key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number]): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${values.join(',')})`;
}
