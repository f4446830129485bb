import { Failure } from '../../dump/failure.ts';
import { codeOf, messageOf } from '../live/admin-failure.ts';
import type { Status } from './kube-objects.ts';

/** What was asked of the API server, for the words of its refusal. */
export interface KubeRequest {
  readonly verb: 'get' | 'list' | 'create';
  /** `pods`, `pods/portforward`, `deployments`. */
  readonly resource: string;
  /** '' for the core group. */
  readonly group: string;
  /** Of the group; v1 unless said otherwise. */
  readonly version?: string;
  readonly namespace: string | undefined;
  readonly name?: string;
}

/** The API server, as messages call it: its address and the context that led to it. */
export interface ServerName {
  readonly server: string;
  readonly context: string;
  /** The proxy between here and there, without the credentials that its address may hold. */
  readonly proxy?: string;
}

const CERTIFICATE = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_SSL)/;

/** A refusal of the API server, with its status. */
export class KubeStatusFailure extends Failure {
  readonly status: number;

  constructor(facts: ConstructorParameters<typeof Failure>[0], status: number) {
    super(facts);
    this.status = status;
  }
}

/** The Failure for an API server that could not be talked to. */
export function connectionFailure(error: unknown, { server, context, proxy }: ServerName): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  const place = server;
  if (CERTIFICATE.test(code)) {
    const what = `the certificate of the API server ${server} is not accepted: ${messageOf(error)}`;
    const next = `check certificate-authority and tls-server-name of the cluster of context ${context}; the certificate may have been renewed`;
    return new Failure({ id: 'PC1103', what, place, next, cause: error });
  }
  if (code === 'ETIMEDOUT' || code === 'TimeoutError') {
    const what = `the API server ${server} (context ${context}) does not answer in time`;
    return new Failure({
      id: 'PC1116',
      what,
      place,
      next: 'check the network (VPN, firewall) with kubectl get --raw /version; --timeout gives more time',
      cause: error,
    });
  }
  const reason =
    code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'its name is not known' : code === 'ECONNREFUSED' ? 'the connection is refused' : messageOf(error);
  const way = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  const what = `the API server ${server} (context ${context}) cannot be reached${way}: ${reason}`;
  return new Failure({
    id: 'PC1102',
    what,
    place,
    next: `check the network${proxy === undefined ? '' : ', the proxy (proxy-url of the cluster, $HTTPS_PROXY)'} and the context: kubectl get --raw /version; --context picks another`,
    cause: error,
  });
}

/** The Failure for an answer of the API server that is not what was asked for. */
export function statusFailure(status: number, body: string, request: KubeRequest, name: ServerName): KubeStatusFailure {
  const said = messageIn(body);
  const place = name.server;
  if (status === 401) {
    const what = `the API server ${name.server} does not accept the credentials of context ${name.context} (401${said === '' ? '' : `: ${said}`})`;
    return new KubeStatusFailure({ id: 'PC1104', what, place, next: 'log in again; kubectl auth whoami shows who you are' }, status);
  }
  if (status === 403) return forbidden(said, request, place);
  if (status === 404) return new KubeStatusFailure({ id: 'PC1106', what: said || `there is no ${request.resource} ${request.name ?? ''}`, place }, status);
  const what = `the API server answers ${request.verb} ${request.resource} with status ${status}${said === '' ? '' : `: ${said}`}`;
  return new KubeStatusFailure({ id: 'PC1118', what, place, next: 'try again; kubectl get events may tell more' }, status);
}

function forbidden(said: string, request: KubeRequest, place: string): KubeStatusFailure {
  const { resource, group, namespace } = request;
  const verb = missingVerb(said, request);
  const where = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`;
  const what = `your role may not ${verb} ${resource} ${where}${said === '' ? '' : `: ${said.replace(/:$/, '')}`}`;
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const verbs = resource === 'pods/portforward' ? 'get, create' : resource === 'pods' ? 'get, list' : verb;
  const rule = `{apiGroups: ["${group}"], resources: [${resource}], verbs: [${verbs}]}`;
  const next = `ask for a ${kind} with ${rule} (docs/role.yaml has all that pc uses)${wayAround(verb, request)}`;
  return new KubeStatusFailure({ id: 'PC1105', what, place, next }, 403);
}

/**
 * The verb that the role lacks. A WebSocket to pods/portforward is a `get`, whose refusal says so; from 1.35 on the API server asks for
 * `create` too (AuthorizePodWebsocketUpgradeCreatePermission), and refuses without naming it.
 */
function missingVerb(said: string, { verb, resource }: KubeRequest): string {
  return resource === 'pods/portforward' && !/\bcannot get resource\b/.test(said) && /\bforbidden: *$|\bcannot create resource\b/.test(said) ? 'create' : verb;
}

function wayAround(verb: string, { resource, name }: KubeRequest): string {
  if (resource === 'pods/portforward') return verb === 'get' ? '; with `create` alone, --via kubectl works where kubectl is installed' : '';
  if (resource === 'pods') return verb === 'list' ? '; a pod can be named by itself without it' : '';
  return !resource.startsWith('pods') && name !== undefined ? '; a pod can be named without it' : '';
}

/** What the API server says in the body of a refusal; its first line where that is no Status. */
export function messageIn(body: string): string {
  try {
    const status = JSON.parse(body) as Partial<Status>;
    return typeof status.message === 'string' ? status.message.trim() : '';
  } catch {
    return body.trim().split('\n')[0]?.slice(0, 200) ?? '';
  }
}
