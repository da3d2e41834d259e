/** Makes and fills elements. Data only ever becomes text or an attribute, never markup. */

/** What an element is made with: attributes as they are written in HTML (`true`: present, `false` or undefined: absent), and listeners. */
export interface Made {
  readonly class?: string;
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
  readonly [attribute: string]: string | number | boolean | undefined | Readonly<Record<string, (event: Event) => void>>;
}

export type Child = Node | string | undefined | false;

/** `make("a", { href }, "text", otherElement)`; children that are undefined or false are left out. */
export function make<K extends keyof HTMLElementTagNameMap>(name: K, made?: Made, ...children: Child[]): HTMLElementTagNameMap[K];
export function make(name: string, made?: Made, ...children: Child[]): HTMLElement;
export function make(name: string, made: Made = {}, ...children: Child[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(made)) {
    if (typeof value === "object") listen(element, value);
    else attribute(element, key, value);
  }
  element.append(...present(children));
  return element;
}

/** Sets, or with false or undefined removes, an attribute. Touches nothing that is so already. */
export function attribute(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Replaces what is in `element`. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...present(children));
}

/** Sets the text if it differs: what a screen reader has read is not read again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function show(element: HTMLElement, shown: boolean): void {
  if (element.hidden === shown) element.hidden = !shown;
}

/** The same for what may have the keyboard's focus, which goes to `next` when it is hidden. */
export function showElse(element: HTMLElement, shown: boolean, next: HTMLElement): void {
  const leaves = !shown && document.activeElement === element;
  show(element, shown);
  if (leaves) next.focus();
}

/** A symbol of VS Code's own set. It says nothing to screen readers: the words stand beside it or in a label. */
export function icon(name: string, more = ""): HTMLElement {
  return make("span", { class: `codicon codicon-${name} ${more}`.trim(), "aria-hidden": "true" });
}

/** A button that is a symbol; `label` is its name and its tooltip. */
export function iconButton(name: string, label: string, act: () => void): HTMLButtonElement {
  return make("button", { class: "icon-button", type: "button", title: label, "aria-label": label, on: { click: act } }, icon(name));
}

/** The element with this id, which the page is known to have. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element "${id}".`);
  return element;
}

function listen(element: Element, handlers: Readonly<Record<string, (event: Event) => void>>): void {
  for (const [event, handler] of Object.entries(handlers)) element.addEventListener(event, handler);
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => child !== undefined && child !== false && child !== "");
}
