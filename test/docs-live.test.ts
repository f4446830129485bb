import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import packageJson from '../package.json' with { type: 'json' };
import { REGISTRY } from '../src/cli/registry.ts';
import { OBJECT_KINDS } from '../src/source/kube/read-objects.ts';
import { TARGET_KINDS } from '../src/source/kube/target.ts';
import { LIVE_IDS } from '../src/source/live/live-failure-ids.ts';
import { projectRoot } from './support/project-root.ts';

const read = (name: string): string => readFileSync(join(projectRoot(), 'docs', name), 'utf8');

test('docs/live.md lists every failure and note about live proxies as it is', () => {
  const text = read('live.md');
  for (const [id, what] of Object.entries(LIVE_IDS)) {
    const [slug, ...rest] = what.split(': ');
    expect(text).toContain(`| ${id} | ${slug} | ${rest.join(': ')} |`);
  }
});

test('docs/role.yaml lets pc read every kind of target, open a port-forward by either verb, and read its log', () => {
  const [role] = parseAllDocuments(read('role.yaml')).map((document) => document.toJS());
  const rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] = role.rules;
  const verbs = (group: string, resource: string) => rules.find((rule) => rule.apiGroups.includes(group) && rule.resources.includes(resource))?.verbs;
  for (const { group, resource } of TARGET_KINDS) expect(verbs(group, resource)).toEqual(['get', 'list']);
  expect(verbs('', 'pods/portforward')).toEqual(['get', 'create']);
  expect(verbs('', 'pods/log')).toEqual(['get']);
});

test('docs/role.yaml lets pc list every kind of object that --objects live reads', () => {
  const [role] = parseAllDocuments(read('role.yaml')).map((document) => document.toJS());
  const rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] = role.rules;
  for (const { group, resource } of OBJECT_KINDS)
    expect(rules.some((rule) => rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes('list'))).toBe(true);
});

/** What krew's own validation asks of a manifest: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ */
test('docs/krew.yaml is a manifest that krew takes', () => {
  const manifest = parse(read('krew.yaml'));
  expect(manifest).toMatchObject({ apiVersion: 'krew.googlecontainertools.github.com/v1alpha2', kind: 'Plugin' });
  expect(manifest.metadata.name).toMatch(/^[\w-]+$/);
  expect(manifest.spec.version).toBe(`v${packageJson.version}`);
  expect(manifest.spec.shortDescription).toMatch(/^[^\n]{1,80}$/);
  for (const platform of manifest.spec.platforms) {
    expect(platform.uri).toMatch(/^https:\/\/.*\.(?:tar\.gz|zip)$/);
    expect(platform.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(platform.bin).toBe(packageJson.bin['kubectl-pc']);
    for (const file of platform.files) expect(Object.keys(file).sort()).toEqual(['from', 'to']);
    expect(platform.selector.matchExpressions[0]).toMatchObject({ key: 'os', operator: 'In' });
  }
});

describe('docs/k9s-plugins.yaml', () => {
  const { plugins } = parse(read('k9s-plugins.yaml')) as {
    plugins: Record<string, { shortCut: string; description: string; scopes: string[]; command: string; args: string[] }>;
  };

  test.each(Object.entries(plugins))('%s calls a command of pc with the selected pod', (_name, plugin) => {
    expect(plugin.scopes).toEqual(['pods']);
    expect(plugin.description).not.toBe('');
    const line = [plugin.command, ...plugin.args].join(' ');
    const called = /\bpc (\w+)/.exec(line)?.[1];
    expect(REGISTRY.map((entry) => entry.name)).toContain(called);
    for (const variable of ['$NAME', '$NAMESPACE', '$CONTEXT']) expect(line).toContain(variable);
  });

  test.each(Object.entries(plugins))('%s has the fields that k9s knows, and no variable that it does not', (_name, plugin) => {
    const known = ['shortCut', 'override', 'description', 'confirm', 'dangerous', 'scopes', 'command', 'background', 'overwriteOutput', 'args'];
    expect(Object.keys(plugin).filter((field) => !known.includes(field))).toEqual([]);
    // It puts its own values in place of all of these, and refuses the plugin where there is none.
    for (const [, variable] of plugin.args.join(' ').matchAll(/\$(!?[\w|-]+)/g)) expect(['NAME', 'NAMESPACE', 'CONTEXT']).toContain(variable);
  });

  test('has no shortcut twice', () => {
    const shortcuts = Object.values(plugins).map((plugin) => plugin.shortCut);
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  });
});
