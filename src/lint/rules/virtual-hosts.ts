import { jqPath } from '../../dump/dump-path.ts';
import { eachRoute, routeName, routeSubject } from '../each-route.ts';
import type { Finding } from '../finding.ts';
import type { LintContext } from '../lint-context.ts';

/** Domains that two virtual hosts of one route config claim. Envoy compares them without regard to case, and rejects the whole config. */
export function* duplicateDomains(context: LintContext): Generator<Finding> {
  for (const { name, value, document, path } of context.routeConfigs) {
    const claimed = new Map<string, string>();
    for (const [i, host] of (value.virtual_hosts ?? []).entries()) {
      for (const [j, domain] of (host.domains ?? []).entries()) {
        const key = domain.toLowerCase();
        const other = claimed.get(key);
        if (other === undefined) claimed.set(key, host.name ?? '');
        else {
          const facts = { routeConfig: name, domain, host: host.name ?? '', other };
          yield { id: 'PC3022', subject: `${name}/${key}`, facts, evidence: { document, path: jqPath([...path, 'virtual_hosts', i, 'domains', j]) } };
        }
      }
    }
  }
}

/** Virtual hosts that no Host header can choose: no domains, or domains with a port where ports are cut off. Source: route_matcher in config_impl.cc. */
export function* unreachableHosts(context: LintContext): Generator<Finding> {
  for (const { name, value, document, path } of context.routeConfigs) {
    for (const [i, host] of (value.virtual_hosts ?? []).entries()) {
      const domains = host.domains ?? [];
      const cutsPorts = value.ignore_port_in_host_matching === true;
      const reason =
        domains.length === 0
          ? 'it has no domains'
          : cutsPorts && domains.every((domain) => /:(\d+|\*)$/.test(domain))
            ? 'ignore_port_in_host_matching cuts the port off'
            : undefined;
      if (reason === undefined) continue;
      const facts = { routeConfig: name, host: host.name ?? '', reason, domains: domains.join(', ') };
      yield { id: 'PC3020', subject: `${name}/${host.name ?? i}`, facts, evidence: { document, path: jqPath([...path, 'virtual_hosts', i, 'domains']) } };
    }
  }
}

/** Splits whose weights sum to 0: Envoy rejects them. */
export function* zeroWeights(context: LintContext): Generator<Finding> {
  for (const route of eachRoute(context)) {
    const arms = route.value.route?.weighted_clusters?.clusters ?? [];
    if (arms.length === 0 || arms.some((arm) => (arm.weight ?? 0) > 0)) continue;
    const facts = { route: routeName(route), host: route.host.value.name ?? '', arms: arms.length };
    yield {
      id: 'PC3023',
      subject: routeSubject(route),
      facts,
      evidence: { document: route.document, path: jqPath([...route.path, 'route', 'weighted_clusters']) },
    };
  }
}

const LOOSE_DOT = /(^|[^\\])[A-Za-z0-9-]\.(?=[A-Za-z]{2})/;
const HOST_HEADERS = new Set([':authority', 'host']);

/** Regular expressions on the host with a dot that is not escaped: RE2 reads it as any character. */
export function* looseRegexes(context: LintContext): Generator<Finding> {
  for (const route of eachRoute(context)) {
    for (const [i, header] of (route.value.match?.headers ?? []).entries()) {
      const regex = header.string_match?.safe_regex?.regex ?? header.safe_regex_match?.regex;
      if (regex === undefined || !HOST_HEADERS.has((header.name ?? '').toLowerCase()) || !LOOSE_DOT.test(regex)) continue;
      const facts = { route: routeName(route), host: route.host.value.name ?? '', regex };
      yield {
        id: 'PC3024',
        subject: `${routeSubject(route)}/${regex}`,
        facts,
        evidence: { document: route.document, path: jqPath([...route.path, 'match', 'headers', i]) },
      };
    }
  }
}
