/** Whether the extension and the daemon that answered understand each other: they come in one package, but a daemon may be the user's own choice. */

/** What a daemon says of itself when it starts. */
export interface ServerInfo {
  readonly name: string;
  readonly version?: string | undefined;
}

/** `older` and `newer` are said of the daemon; a `stranger` is some other program. */
export type Handshake = "fits" | "older" | "newer" | "stranger";

const DAEMON = "juliahub-ls";

/** Methods may change with the minor version, until then they are the same. A daemon that tells no version is taken for an old one. */
export function handshake(ours: string, server: ServerInfo | undefined): Handshake {
  if (server?.name !== DAEMON) return "stranger";
  if (server.version === undefined) return "older";
  const [major, minor] = numbers(server.version);
  const [ourMajor, ourMinor] = numbers(ours);
  const difference = major - ourMajor || minor - ourMinor;
  if (difference === 0) return "fits";
  return difference < 0 ? "older" : "newer";
}

function numbers(version: string): [number, number] {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  return [major, minor];
}
