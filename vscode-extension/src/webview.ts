/** A webview's page: its own script and style and nothing else, words translated here, typed messages. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** What the page of this name is built into: `webview/NAME/main.ts` with its style, by `esbuild.mjs`. */
function builtIn(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, "out", "webview");
}

/** What a webview may load: what was built for it. Scripts run; forms and command links do not. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, enableForms: false, enableCommandUris: false, localResourceRoots: [builtIn(extensionUri)] };
}

/** The page `name`, with its words by key. `images`: it also shows pictures, such as results, from this origin or as data. */
export function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: string,
  title: string,
  strings: Readonly<Record<string, string>>,
  { images = false } = {},
): string {
  const file = (ending: string): string => escaped(webview.asWebviewUri(vscode.Uri.joinPath(builtIn(extensionUri), `${name}.${ending}`)).toString());
  const nonce = randomBytes(18).toString("base64url");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    ...(images ? [`img-src ${webview.cspSource} data: blob:`] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escaped(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${file("css")}">
</head>
<body data-strings="${escaped(JSON.stringify(strings))}">
<main>
<h1 class="unseen">${escaped(title)}</h1>
<div id="root"></div>
</main>
<script nonce="${nonce}" type="module" src="${file("js")}"></script>
</body>
</html>`;
}

/** Typed messages with a page; `webview/kit/bridge.ts` is the other end. */
export class WebviewBridge<Outgoing extends { readonly type: string }, Incoming extends { readonly type: string }> {
  constructor(private readonly webview: vscode.Webview) {}

  post(message: Outgoing): void {
    void this.webview.postMessage(message);
  }

  onMessage(handler: (message: Incoming) => void): vscode.Disposable {
    return this.webview.onDidReceiveMessage(handler);
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
