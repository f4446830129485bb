import type { Description, OpenPort } from '../../describe/description.ts';
import { plural } from '../../diagnostics/words.ts';
import { fittedColumns } from '../fitted-columns.ts';
import { field, firstOf, type PageOptions, SHOWN } from './section.ts';

const REACH: Readonly<Record<OpenPort['reach'], string>> = { pod: 'pod only', any: 'anywhere', address: 'that address', file: 'a file', unknown: '?' };

/** What the proxy listens on: what each port is for, who can reach it, and where it leads. */
export function portLines(description: Description, options: PageOptions): string[] {
  const { open_ports: ports, handed_over: handed } = description;
  if (ports.length === 0 && handed.listeners === 0 && handed.internal.length === 0) return [];
  const { rows, rest } = firstOf(ports, SHOWN.ports, options, 'listeners');
  const cells = rows.map((port) => [
    port.protocol === 'pipe' ? 'pipe' : `${port.port}${port.protocol === 'UDP' ? '/udp' : ''}`,
    port.seen ? (port.address ?? '?') : '-',
    (port.reach === 'pod' && description.identity.maker === null ? 'its host only' : REACH[port.reach]) + (port.reach_from === 'convention' ? ' *' : ''),
    purposeText(port),
    port.seen ? carriesText(port) : "not in the dump: not Envoy's",
  ]);
  const table = fittedColumns([['PORT', 'ADDRESS', 'REACHED FROM', 'FOR', 'LEADS TO'], ...cells], {
    own: [9, 18, 14, 36, 30],
    width: options.width,
    indent: 2,
  });
  const [head = '', ...body] = table;
  const isConventional = rows.some((port) => port.purpose_from === 'convention' || port.reach_from === 'convention');
  return [
    options.style.bold('Listens on'),
    ...(ports.length > 0 ? [options.style.dim(head), ...body] : []),
    ...rest,
    ...(isConventional
      ? [options.style.dim("  * by Istio's convention; the rest is from the input: where a port is reached from, by the address that it is bound to")]
      : []),
    ...field('without socket', handedText(handed), options),
  ];
}

function purposeText({ purpose, purpose_from, state, listeners }: OpenPort): string {
  const text = purpose === null ? listeners.join(', ') : `${purpose}${purpose_from === 'convention' ? ' *' : ''}`;
  return /^(?:active|static|not in the dump)$|^active, static$/.test(state) ? text : `${text} [${state}]`;
}

function carriesText({ carries }: OpenPort): string {
  const told = carries.filter((text) => text !== 'BlackHoleCluster');
  const shown = told.length > 0 ? told : carries;
  return shown.length > 3 ? `${shown.slice(0, 3).join(', ')} + ${shown.length - 3} more` : shown.join(', ');
}

function handedText({ listeners, ports, internal }: Description['handed_over']): string {
  const shown = ports.slice(0, 12).join(', ') + (ports.length > 12 ? `, … (${ports.length} ports)` : '');
  return [
    listeners === 0 ? '' : `${plural(listeners, 'listener')} that redirected connections are handed over to: ${ports.length === 1 ? 'port' : 'ports'} ${shown}`,
    internal.length === 0 ? '' : `internal: ${internal.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}
