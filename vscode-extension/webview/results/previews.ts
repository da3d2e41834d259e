/** Looking into files in place. Everything in them is data: text, or the source of an image. */
import type { ArchiveMember, PreviewFileResult, ResultFile } from "../../src/protocol";
import type { Place } from "../../src/results/messages";
import { bytes } from "../../src/text";
import { fill, icon, make, show } from "../kit/dom";
import { format, type Strings } from "../kit/strings";
import { tableOf } from "./dataTable";

type Kind = ResultFile["kind"];

/** So many files are looked into unasked: images and tables while they are small, and of archives that are small or unpacked here what is in them. */
const UNASKED = 6;
const UNASKED_BYTES = 5_000_000;

interface Gestures {
  readonly ask: (place: Place) => void;
  readonly open: (place: Place) => void;
  readonly changed: () => void;
}

interface Shown {
  readonly toggle: HTMLButtonElement;
  readonly area: HTMLElement;
}

export class Previews {
  private readonly known = new Map<string, PreviewFileResult>();
  private shown = new Map<string, Shown>();
  private here = new Set<string>();
  private unasked = 0;

  /** `seen`: what was opened or closed by hand. */
  constructor(
    private readonly words: Strings,
    readonly seen: Map<string, boolean>,
    private readonly gestures: Gestures,
  ) {}

  /** The files are drawn anew. */
  begin(files: readonly ResultFile[]): void {
    this.shown = new Map();
    this.unasked = 0;
    const here = new Set(files.filter(({ unpacked }) => unpacked !== undefined).map(({ name }) => name));
    // Unpacked, a file may be called otherwise than in the archive.
    for (const { name } of files) if (here.has(name) !== this.here.has(name)) this.known.delete(keyOf({ name }));
    this.here = here;
  }

  /** The button that opens a file's preview, and where it is shown. */
  of(place: Place, kind: Kind, size: number): Shown {
    const key = keyOf(place);
    const name = place.member ?? place.name;
    const area = make("div", { class: "preview", hidden: true });
    const toggle = make("button", { class: "fold icon-button", type: "button", "aria-expanded": "false", "aria-label": format(this.word("preview"), name), on: { click: () => { this.toggle(place); } } }, icon("chevron-right"));
    this.shown.set(key, { toggle, area });
    const wanted = this.seen.get(key) ?? this.isUnasked(place, kind, size);
    if (wanted) this.open(place);
    return { toggle, area };
  }

  arrived(place: Place, preview: PreviewFileResult | undefined, problem: string | undefined): void {
    const key = keyOf(place);
    const area = this.shown.get(key)?.area;
    if (preview !== undefined) this.known.set(key, preview);
    if (area === undefined) return;
    if (preview === undefined) fill(area, make("p", { class: "note error", role: "alert" }, icon("error"), ` ${problem ?? ""}`));
    else fill(area, ...this.contents(place, preview));
  }

  private isUnasked({ name }: Place, kind: Kind, size: number): boolean {
    if (kind === "archive") return size <= UNASKED_BYTES || this.here.has(name);
    return (kind === "image" || kind === "table") && size <= UNASKED_BYTES && this.unasked++ < UNASKED;
  }

  private toggle(place: Place): void {
    const key = keyOf(place);
    const isOpen = this.shown.get(key)?.area.hidden === false;
    this.seen.set(key, !isOpen);
    this.gestures.changed();
    if (isOpen) this.turn(key, false);
    else this.open(place);
  }

  private open(place: Place): void {
    const key = keyOf(place);
    const known = this.known.get(key);
    const area = this.shown.get(key)?.area;
    if (area === undefined) return;
    this.turn(key, true);
    if (known !== undefined) {
      fill(area, ...this.contents(place, known));
      return;
    }
    fill(area, make("p", { class: "note muted" }, this.word("waiting")));
    this.gestures.ask(place);
  }

  private turn(key: string, open: boolean): void {
    const shown = this.shown.get(key);
    if (shown === undefined) return;
    show(shown.area, open);
    shown.toggle.setAttribute("aria-expanded", String(open));
    shown.toggle.firstElementChild?.classList.toggle("codicon-chevron-right", !open);
    shown.toggle.firstElementChild?.classList.toggle("codicon-chevron-down", open);
  }

  private contents(place: Place, preview: PreviewFileResult): (HTMLElement | undefined)[] {
    const note = preview.note === undefined ? undefined : make("p", { class: "note muted" }, preview.note);
    return [this.body(place, preview), note];
  }

  private body(place: Place, preview: PreviewFileResult): HTMLElement | undefined {
    const label = format(this.word("preview"), place.member ?? place.name);
    switch (preview.kind) {
      case "image":
        return this.image(preview, label);
      case "table":
        return tableOf(preview, label, this.words);
      case "text":
      case "json":
        if (preview.text === "") return make("p", { class: "note muted" }, this.word("empty"));
        return make("pre", { tabindex: 0, role: "region", "aria-label": label }, preview.text);
      case "archive":
        return make("ul", { class: "members" }, ...(preview.members ?? []).map((member) => this.member(place, member)));
      case "none":
        return undefined;
    }
  }

  private image({ mediaType, base64 }: PreviewFileResult, label: string): HTMLElement {
    const picture = make("img", { src: `data:${mediaType ?? ""};base64,${base64 ?? ""}`, alt: label });
    picture.addEventListener("error", () => {
      picture.replaceWith(make("p", { class: "note muted" }, this.word("badImage")));
    });
    return make("div", { class: "picture" }, picture);
  }

  private member({ name }: Place, { name: member, size, kind }: ArchiveMember): HTMLElement {
    const place = { name, member };
    const { toggle, area } = this.of(place, kind, size);
    const open = format(this.word("open"), member);
    const button = make("button", { class: "icon-button", type: "button", title: open, "aria-label": open, on: { click: () => { this.gestures.open(place); } } }, icon("go-to-file"));
    return make("li", {}, make("div", { class: "file" }, toggle, make("span", { class: "name" }, member), make("span", { class: "size" }, bytes(size)), this.here.has(name) && button), area);
  }

  private word(key: string): string {
    return this.words[key] ?? "";
  }
}

function keyOf({ name, member }: Place): string {
  return JSON.stringify(member === undefined ? [name] : [name, member]);
}
