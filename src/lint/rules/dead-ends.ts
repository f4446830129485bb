import { jqPath } from '../../dump/dump-path.ts';
import { anyType, configOf } from '../../model/message.ts';
import type { Finding } from '../finding.ts';
import type { LintContext, PlacedChain } from '../lint-context.ts';

const nameOf = (chain: PlacedChain): string => chain.value.name || (chain.isDefault ? 'default' : String(chain.path.at(-1)));

/** Filter chains that take connections and lead nowhere: without filters, or with a connection manager that has no router. */
export function* deadEnds(context: LintContext): Generator<Finding> {
  for (const chain of context.chains) {
    if ((chain.value.filters ?? []).length > 0 || chain.listener.value.udp_listener_config !== undefined) continue;
    const facts = { listener: chain.listener.name, chain: nameOf(chain) };
    yield { id: 'PC7020', subject: `${chain.listener.name}/${nameOf(chain)}`, facts, evidence: { document: chain.document, path: jqPath(chain.path) } };
  }
  for (const { value, chain, document, path } of context.connectionManagers) {
    const filters = value.http_filters ?? [];
    const isRouter = filters.some((filter) => filter.config_discovery !== undefined || /router/i.test(`${filter.name ?? ''} ${anyType(configOf(filter))}`));
    if (isRouter) continue;
    const facts = { listener: chain.listener.name, chain: nameOf(chain) };
    yield { id: 'PC7010', subject: `${chain.listener.name}/${nameOf(chain)}`, facts, evidence: { document, path: jqPath([...path, 'http_filters']) } };
  }
}
