/** The page's words: the extension translates them and writes them into the page. */

/** Words by key, as `webviewHtml` got them; `{0}`, `{1}` … are places to fill. */
export type Strings = Readonly<Record<string, string>>;

export function readStrings(): Strings {
  return JSON.parse(document.body.dataset["strings"] ?? "{}") as Strings;
}

export function format(text: string, ...values: (string | number)[]): string {
  return text.replaceAll(/\{(\d)\}/g, (place, index: string) => String(values[Number(index)] ?? place));
}
