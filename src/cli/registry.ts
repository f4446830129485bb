import type { Command } from './command.ts';

/** What the list of commands says about each, and how to get the rest of it: a module is loaded only when its command is asked for. */
export interface RegistryEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly hidden?: boolean;
  /** The positional part of the usage line. */
  readonly usage?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each module has flags of its own
  load(): Promise<{ readonly command: Command<any> }>;
}

/** All commands, in the order of the help text. */
export const REGISTRY: readonly RegistryEntry[] = [
  {
    name: 'trace',
    aliases: ['t'],
    usage: '[request] [target]',
    summary: 'walk one request through the proxy: where it goes, or where it breaks and why',
    load: () => import('./commands/trace.ts'),
  },
  {
    name: 'listeners',
    aliases: ['listener', 'l'],
    usage: '[target]',
    summary: 'list listeners and their filter chains',
    load: () => import('./commands/listeners.ts'),
  },
  { name: 'routes', aliases: ['route', 'r'], usage: '[target]', summary: 'list routes and where each goes', load: () => import('./commands/routes.ts') },
  { name: 'clusters', aliases: ['cluster', 'c'], usage: '[target]', summary: 'list clusters', load: () => import('./commands/clusters.ts') },
  {
    name: 'endpoints',
    aliases: ['endpoint', 'ep', 'e'],
    usage: '[target]',
    summary: 'list endpoints with health, weight and locality',
    load: () => import('./commands/endpoints.ts'),
  },
  { name: 'secrets', aliases: ['secret', 's'], usage: '[target]', summary: 'list certificates and other secrets', load: () => import('./commands/secrets.ts') },
  { name: 'bootstrap', aliases: ['b'], usage: '[target]', summary: 'show the bootstrap configuration', load: () => import('./commands/bootstrap.ts') },
  { name: 'ecds', aliases: ['ec'], usage: '[target]', summary: 'list extension configurations (ECDS)', load: () => import('./commands/ecds.ts') },
  { name: 'all', aliases: ['a'], usage: '[target]', summary: 'everything above, one table after the other', load: () => import('./commands/all.ts') },
  {
    name: 'describe',
    aliases: [],
    usage: '[target]',
    summary: 'one proxy in a page: what it is, listens on, routes and enforces',
    load: () => import('./commands/describe.ts'),
  },
  {
    name: 'why',
    aliases: [],
    usage: '[log..]',
    summary: 'explain access log lines: what failed, why, and where',
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'check',
    aliases: [],
    usage: '[target]',
    summary: 'look through the whole dump for what is wrong, without a request',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'diff',
    aliases: [],
    usage: '<a> <b>',
    summary: 'compare two dumps or proxies in meaning, or where each sends requests',
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'test',
    aliases: [],
    usage: '[tests..]',
    summary: 'hold routes to tests, for CI: files of router_check_tool or with url and expect',
    load: () => import('./commands/test.ts'),
  },
  {
    name: 'explain',
    aliases: [],
    usage: '[what..]',
    summary: 'explain an id (PC4001), a response flag (UH) or a response code detail',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'status',
    aliases: ['ps'],
    usage: '[target..]',
    summary: 'what proxies took of their control plane, what they refused and why',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'capture',
    aliases: [],
    usage: '[target..]',
    summary: 'save what live proxies tell, secrets taken out, for -f',
    load: () => import('./commands/capture.ts'),
  },
  {
    name: 'log',
    aliases: ['o'],
    usage: '[target..]',
    summary: 'show and set the log levels of live proxies',
    load: () => import('./commands/log.ts'),
  },
  {
    name: 'watch',
    aliases: [],
    usage: '[target]',
    summary: 'repeat a trace and tell when its verdict changes',
    load: () => import('./commands/watch.ts'),
  },
  {
    name: 'forward',
    aliases: [],
    usage: '[target]',
    summary: "open a port on this machine that leads to a pod's admin interface",
    load: () => import('./commands/forward.ts'),
  },
  {
    name: 'dashboard',
    aliases: ['d'],
    usage: '[target]',
    summary: "open Envoy's admin page in the browser",
    load: () => import('./commands/dashboard.ts'),
  },
  {
    name: 'redact',
    aliases: [],
    usage: '<input>',
    summary: 'take the secrets out of saved dumps',
    load: () => import('./commands/redact.ts'),
  },
  {
    name: 'completion',
    aliases: [],
    usage: '<shell>',
    summary: 'print the completion script for bash, zsh or fish',
    load: () => import('./commands/completion.ts'),
  },
];
