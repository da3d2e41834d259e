/** Servers, their machines and images. */

/**
 * A server profile.
 *
 * `id` names it in every other call. `state` is the last known; `tokenExpires` when signed in to an account. `apiVersion`: what it speaks,
 * once it has been asked. `offlineSince`: it cannot be reached; it is looked for.
 */
export interface Server {
  id: string;
  name: string;
  url?: string;
  kind: "thisComputer" | "hub";
  state: "signedIn" | "signedOut" | "offline" | "stopped";
  account?: string;
  tokenExpires?: number;
  apiVersion?: string;
  offlineSince?: number;
  current: boolean;
}

/** No parameters. */
export type ServersParams = Record<string, never>;

/** All profiles, "This computer" first. */
export interface ServersResult {
  servers: Server[];
}

/** `server`: a profile's id, or a host name or URL of a new one; absent: the current one. */
export interface ServerParams {
  server?: string;
  workDoneToken?: string | number;
}

/**
 * Which server, as in `ServerParams`.
 *
 * `showsApproval`: the client shows `juliahub/approvalWanted` to the user; else the daemon opens the page and says where to go.
 */
export interface SignInParams {
  server?: string;
  showsApproval?: boolean;
  workDoneToken?: string | number;
}

/**
 * A page to approve the sign-in on, in any browser, with the `code` that stands there or is asked for there.
 *
 * `workDoneToken` is the request's.
 */
export interface ApprovalWantedParams {
  server: string;
  url: string;
  code?: string;
  workDoneToken?: string | number;
}

/** A machine type that the server offers; `price` in US dollars an hour. */
export interface Node {
  nodeClass: string;
  vcpus: number;
  memory: number;
  gpu: boolean;
  price: number;
  description: string;
}

/** Node specs, smallest first. `offlineSince`: the server is away, and these are the last known. */
export interface NodesResult {
  nodes: Node[];
  offlineSince?: number;
}

/** An image that a job can run in. `juliaVersion` when the name tells it. */
export interface Image {
  key: string;
  name: string;
  product: string;
  isDefault: boolean;
  juliaVersion?: string;
}

/** Images, the default first. `offlineSince` as for machines. */
export interface ImagesResult {
  images: Image[];
  offlineSince?: number;
}

/** All profiles, as in `juliahub/servers`. */
export interface ServersChangedParams {
  servers: Server[];
}
