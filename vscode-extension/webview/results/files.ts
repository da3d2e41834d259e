/** The files: what they are, what of them is here, and what can be done. */
import type { ResultFile, ResultsResult } from "../../src/protocol";
import type { Downloading, FromResults } from "../../src/results/messages";
import { bytes } from "../../src/text";
import { fill, icon, iconButton, make, setText } from "../kit/dom";
import { format, type Strings } from "../kit/strings";
import type { Previews } from "./previews";

const HASH_DIGITS = 8;

interface Drawn {
  readonly file: ResultFile;
  readonly state: HTMLElement;
  readonly acts: HTMLElement;
}

export class FilesTable {
  private drawn = new Map<string, Drawn>();
  private downloads: Readonly<Record<string, Downloading>> = {};

  constructor(
    private readonly words: Strings,
    private readonly previews: Previews,
    private readonly post: (message: FromResults) => void,
    private readonly copy: (text: string) => void,
  ) {}

  draw({ files }: ResultsResult): HTMLElement {
    this.drawn = new Map();
    this.previews.begin(files);
    const all = make("button", { class: "action", type: "button", on: { click: () => { this.post({ type: "download" }); } } }, icon("cloud-download"), make("span", {}, this.word("downloadAll")));
    const body = files.map((file) => this.entry(file));
    for (const { file } of this.drawn.values()) this.refresh(file.name);
    return make("section", {}, make("div", { class: "heading" }, make("h2", {}, this.word("files")), files.some((file) => !isHere(file)) && all), make("ul", { class: "files" }, ...body));
  }

  /** Shows how far the downloads are; the names of those that are done now. */
  progress(downloads: Readonly<Record<string, Downloading>>): string[] {
    const ended = Object.keys(this.downloads).filter((name) => !(name in downloads));
    const changed = new Set([...ended, ...Object.keys(downloads)]);
    const begun = (name: string): boolean => (name in downloads) !== (name in this.downloads);
    const toRedraw = [...changed].filter(begun);
    this.downloads = downloads;
    for (const name of changed) {
      if (toRedraw.includes(name)) this.refresh(name);
      else this.advance(name);
    }
    return ended.filter((name) => { const file = this.drawn.get(name)?.file; return file !== undefined && isHere(file); });
  }

  private entry(file: ResultFile): HTMLElement {
    const [state, acts] = [make("span", { class: "state" }), make("span", { class: "acts" })];
    this.drawn.set(file.name, { file, state, acts });
    const { toggle, area } = this.previews.of({ name: file.name }, file.kind, file.size);
    return make(
      "li",
      {},
      make("div", { class: "file" }, toggle, make("span", { class: "name" }, file.name), state, make("span", { class: "facts" }, make("span", { class: "size" }, bytes(file.size)), this.hash(file), acts)),
      area,
    );
  }

  private hash({ name, sha256 }: ResultFile): HTMLElement {
    if (sha256 === undefined) return make("span", { class: "hash muted" }, this.word("noHash"));
    const short = sha256.slice(0, HASH_DIGITS);
    const copy = (): void => {
      this.copy(sha256);
    };
    return make("button", { class: "hash link", type: "button", title: sha256, "aria-label": format(this.word("copyHash"), short, name), on: { click: copy } }, short, icon("copy"));
  }

  private refresh(name: string): void {
    const drawn = this.drawn.get(name);
    if (drawn === undefined) return;
    const hadFocus = drawn.acts.contains(document.activeElement);
    fill(drawn.state, ...this.stateOf(drawn.file));
    fill(drawn.acts, ...this.actsOf(drawn.file));
    if (hadFocus) drawn.acts.querySelector("button")?.focus();
  }

  private advance(name: string): void {
    const drawn = this.drawn.get(name);
    const download = this.downloads[name];
    if (drawn === undefined || download === undefined) return;
    const bar = drawn.state.querySelector("progress");
    if (bar !== null && download.percentage !== undefined) bar.value = download.percentage;
    const text = drawn.state.querySelector(".words");
    if (text !== null) setText(text, shortened(download.message, name));
  }

  private stateOf(file: ResultFile): (HTMLElement | string)[] {
    const download = this.downloads[file.name];
    if (download !== undefined) {
      const bar = make("progress", { max: 100, "aria-label": format(this.word("downloading"), file.name) });
      if (download.percentage !== undefined) bar.value = download.percentage;
      return [bar, make("span", { class: "words muted" }, shortened(download.message, file.name))];
    }
    if (isHere(file)) return [this.mark(file)];
    if (file.arrived !== undefined) return [make("span", { class: "muted" }, icon("debug-pause"), " ", format(this.word("paused"), bytes(file.arrived), bytes(file.size)))];
    return [];
  }

  /** The sign of a file that is here; a screen reader, and whoever points at it, gets the sentence. */
  private mark(file: ResultFile): HTMLElement {
    const unpacked = file.unpacked === 1 ? this.word("unpackedOne") : format(this.word("unpacked"), file.unpacked ?? 0);
    const text = file.unpacked !== undefined ? unpacked : this.word(file.verified === true ? "verified" : "saved");
    return make("span", { class: "mark", role: "img", title: text, "aria-label": text }, icon(file.verified === true ? "verified-filled" : "check", "passed"));
  }

  private actsOf(file: ResultFile): HTMLElement[] {
    const { name } = file;
    const button = (symbol: string, word: string, message: FromResults): HTMLElement =>
      iconButton(symbol, format(this.word(word), name), () => {
        this.post(message);
      });
    if (name in this.downloads) return [button("debug-pause", "pause", { type: "pause", name })];
    if (isHere(file)) {
      const reveal = button("folder-opened", "reveal", { type: "reveal", place: { name } });
      return file.unpacked === undefined ? [button("go-to-file", "open", { type: "open", place: { name } }), reveal] : [reveal];
    }
    const fetch: FromResults = { type: "download", names: [name] };
    return [file.arrived === undefined ? button("cloud-download", "download", fetch) : button("debug-continue", "resume", fetch)];
  }

  private word(key: string): string {
    return this.words[key] ?? "";
  }
}

function isHere(file: ResultFile): boolean {
  return file.uri !== undefined || file.unpacked !== undefined;
}

/** The daemon's words without the name, which stands before them here. */
function shortened(message: string, name: string): string {
  return message.replace(`Downloading ${name}: `, "");
}
