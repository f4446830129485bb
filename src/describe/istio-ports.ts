import type { Reach } from './description.ts';

/** A port that Istio gives a meaning to. */
export interface IstioPort {
  readonly port: number;
  readonly purpose: string;
  /** Who may connect, by Istio's own words: from within the pod only, or from anywhere. */
  readonly reach: Extract<Reach, 'pod' | 'any'>;
  /** Envoy has a listener (or its admin interface) there. Of others the dump shows nothing: Istio's agent listens, or nobody most of the time. */
  readonly isEnvoys: boolean;
  /** For those that the dump does not show: the roles that have it, and the first minor version of Istio 1.x that documents it. */
  readonly roles?: readonly ('sidecar' | 'gateway' | 'waypoint')[];
  readonly since?: number;
  readonly onlyWith?: 'dns capture';
}

const ALL = ['sidecar', 'gateway', 'waypoint'] as const;

/** Source: the table "Ports used by Istio" of https://istio.io/latest/docs/ops/deployment/application-requirements/ */
export const ISTIO_PORTS: readonly IstioPort[] = [
  { port: 15000, purpose: 'Envoy admin', reach: 'pod', isEnvoys: true },
  { port: 15001, purpose: 'outbound traffic, redirected here', reach: 'any', isEnvoys: true },
  { port: 15002, purpose: 'listener for failure detection', reach: 'pod', isEnvoys: false, roles: ['sidecar'], since: 16 },
  { port: 15004, purpose: 'debug interface of the agent', reach: 'pod', isEnvoys: false, roles: ALL, since: 10 },
  { port: 15006, purpose: 'inbound traffic, redirected here', reach: 'any', isEnvoys: true },
  { port: 15008, purpose: 'HBONE tunnel (mTLS)', reach: 'any', isEnvoys: true },
  { port: 15020, purpose: 'merged Prometheus telemetry', reach: 'any', isEnvoys: false, roles: ALL, since: 5 },
  { port: 15021, purpose: 'health checks', reach: 'any', isEnvoys: true },
  { port: 15053, purpose: 'DNS, as capture is on', reach: 'pod', isEnvoys: false, roles: ALL, since: 8, onlyWith: 'dns capture' },
  { port: 15090, purpose: "Envoy's Prometheus telemetry", reach: 'any', isEnvoys: true },
];

/** Listeners for the proxy itself, which no policy is about. */
export const ISTIO_SERVICE_PORTS: ReadonlySet<number> = new Set([15021, 15090]);

/** Ports that an application in a pod with a sidecar cannot have. */
export const ISTIO_OWN_PORTS: ReadonlySet<number> = new Set(ISTIO_PORTS.map(({ port }) => port));
