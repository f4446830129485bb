import type { Duplex } from 'node:stream';
import { Failure } from '../../dump/failure.ts';
import type { KubeApi } from './kube-api.ts';
import type { Pod } from './kube-objects.ts';
import { podLabel } from './pod-state.ts';

/** Opens a stream to the admin port of a pod. Nothing listens on this machine. Throws Failure PC110x, PC1121; the stream fails with PC1112 or PC1115. */
export function dialPod(api: KubeApi, pod: Pod, port: number): Promise<Duplex> {
  const { name, namespace = api.namespace } = pod.metadata;
  return api.portForward(namespace, name, port, (why) => forwardFailure(podLabel(pod), port, why));
}

/** What a port-forward fails with, of what the API server or kubectl says. */
export function forwardFailure(label: string, port: number, why: string): Failure {
  if (/connection refused|ECONNREFUSED/i.test(why)) {
    return new Failure({
      id: 'PC1112',
      what: `${label}: nothing listens on port ${port} inside the pod: the connection is refused`,
      place: label,
      next: 'say the admin port with --admin-port; an admin interface that is bound to another address than 127.0.0.1 cannot be reached by port-forward',
    });
  }
  return new Failure({ id: 'PC1115', what: `the port-forward to ${label} broke: ${why}`, place: label, next: 'the pod may be going away: try again' });
}
