/** How a server took one request. Plain facts, so that the domain can judge them without doing any I/O. */

/** `orthanc` tells whether the answer is Orthanc's own or that of something in front of it (a gateway, a load balancer). */
export interface HttpAnswer {
  readonly status: number;
  readonly orthanc: boolean;
  /** `OrthancStatus` of an error body. */
  readonly orthancStatus?: number;
}

/** A connection that did not bring an answer. */
export interface Breakage {
  readonly cause: 'refused' | 'dns' | 'tls' | 'reset' | 'timeout' | 'protocol';
  /** Whether anything of the request was on its way: a server can only have died of what reached it. */
  readonly requestSent: boolean;
  /** System error code or a short text; no credentials, no URL. */
  readonly detail: string;
}

export type Side = 'source' | 'target';
