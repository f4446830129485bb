// What of Kubernetes' objects the requirements are judged by. The API's own objects fit these shapes.

interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
}

export interface PodContainer {
  readonly name: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly securityContext?: SecurityContext & { readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] } };
}

export interface DescribedPod {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly hostNetwork?: boolean;
    readonly securityContext?: SecurityContext;
    readonly containers?: readonly PodContainer[];
    readonly initContainers?: readonly PodContainer[];
  };
}

export interface ServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly appProtocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
}

export interface DescribedService {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly selector?: Readonly<Record<string, string>>; readonly ports?: readonly ServicePort[] };
}

/** Something that was asked for, or why it was not to be had. */
export type Asked<T> = { readonly value: T } | { readonly why: string };

/** A pod with what decides about its sidecar. */
export interface PodFacts {
  readonly pod: DescribedPod;
  readonly services: Asked<readonly DescribedService[]>;
  readonly namespaceLabels: Asked<Readonly<Record<string, string>>>;
}
