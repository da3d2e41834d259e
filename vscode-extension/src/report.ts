/** The text of a report about a fault: versions, platform and the last lines of the log, without what is nobody's business. */

export interface Facts {
  /** What is what: "VS Code" → "1.91.0". */
  readonly versions: Readonly<Record<string, string>>;
  readonly log: string;
  /** The user's home folder and account on this computer; neither is in the text. */
  readonly home: string;
  readonly user: string;
}

const LAST_LINES = 60;

/** What it is called, then the secret; a code that is a negative number is an error's. */
const SECRET =
  /(?<bearer>bearer\s+)[^\s'"]+|eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?|(?<key>(?:signature|x-amz-[\w-]+|[\w-]*token|[\w-]*code|secret|password|authorization)(?:['"]?\s*[=:]\s*['"]?))(?!-\d+\b)[^\s&'",;}]+/gi;
const CREDENTIALS = /(\w+:\/\/)[^\s/@]+@/g;
const OTHER_HOMES = /(?:\/home\/|\/Users\/|[A-Za-z]:[\\/]+Users[\\/]+)[^\s/\\"':]+/g;
const MAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/** Markdown for whoever looks into it. */
export function reportText({ versions, log, home, user }: Facts): string {
  const lines = scrubbed(log, home, user).trimEnd().split("\n").slice(-LAST_LINES);
  return [
    "## What happened",
    "",
    "",
    "## What was to happen",
    "",
    "",
    "## Versions",
    "",
    ...Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`),
    "",
    "## The last lines of the diagnostic log",
    "",
    "```text",
    ...lines.map((line) => line.replaceAll("```", "'''")),
    "```",
    "",
  ].join("\n");
}

/** `text` without secrets, addresses of people, home folders and the account's name. */
export function scrubbed(text: string, home: string, user: string): string {
  let scrub = text;
  for (const form of [home, home.replaceAll("\\", "/"), home.replaceAll("\\", "\\\\"), encodeURI(home)]) {
    if (form.length > 1) scrub = scrub.replaceAll(form, "~");
  }
  scrub = scrub
    .replace(SECRET, (_match, bearer: string | undefined, key: string | undefined) => `${bearer ?? key ?? ""}*****`)
    .replace(CREDENTIALS, "$1*****@")
    .replace(MAIL, "*****")
    .replace(OTHER_HOMES, "~");
  return user.length > 2 ? scrub.replace(new RegExp(`(?<![\\w-])${escaped(user)}(?![\\w-])`, "g"), "*****") : scrub;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
