/**
 * Envoy's URI templates (`path_match_policy` with UriTemplateMatchConfig): `*` and `{name}` stand for one non-empty segment, `**` and
 * `{name=**}` for anything that is left. The query is cut before; letters keep their case.
 * Source: source/extensions/path/uri_template_lib/uri_template_internal.cc; documentation of UriTemplateMatchConfig.
 */

const SEGMENT = "[a-zA-Z0-9\\-._~%!$&'()*+,;:@=]+";
const REST = "[a-zA-Z0-9\\-._~%!$&'()*+,;:@=/]*";

export interface UriTemplate {
  /** The values of the variables where the path matches; undefined where it does not. */
  match(path: string): ReadonlyMap<string, string> | undefined;
}

const templates = new Map<string, UriTemplate | undefined>();

/** The compiled template; undefined for one that Envoy would refuse. */
export function compileUriTemplate(template: string): UriTemplate | undefined {
  if (!templates.has(template)) templates.set(template, compile(template));
  return templates.get(template);
}

function compile(template: string): UriTemplate | undefined {
  if (!template.startsWith('/')) return undefined;
  const names: string[] = [];
  let pattern = '';
  for (let i = 0; i < template.length; ) {
    if (template[i] === '{') {
      const end = template.indexOf('}', i);
      if (end < 0) return undefined;
      const [name = '', inner = '*'] = template.slice(i + 1, end).split('=');
      names.push(name);
      pattern += `(${patternOf(inner)})`;
      i = end + 1;
    } else {
      const next = template.indexOf('{', i);
      pattern += patternOf(template.slice(i, next < 0 ? undefined : next));
      i = next < 0 ? template.length : next;
    }
  }
  const regex = new RegExp(`^${pattern}$`);
  return {
    match: (path) => {
      const found = regex.exec(path);
      return found === null ? undefined : new Map(names.map((name, i) => [name, found[i + 1] ?? '']));
    },
  };
}

function patternOf(text: string): string {
  return text.replace(/\*\*|\*|[^*]+/g, (token) => (token === '**' ? REST : token === '*' ? SEGMENT : token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
}

/** A rewrite by UriTemplateRewriteConfig: variables filled in; undefined where the template names an unknown one. */
export function rewriteByTemplate(rewrite: string, variables: ReadonlyMap<string, string>): string | undefined {
  let known = true;
  const out = rewrite.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = variables.get(name);
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known ? out : undefined;
}
