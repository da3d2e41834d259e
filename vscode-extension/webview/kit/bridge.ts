/** Talks with the extension: typed messages both ways, and the little that a page may remember. */

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** A message says what it is by its `type`. */
export interface Message {
  readonly type: string;
}

/**
 * What a page and the extension say: unions of messages, and as `state` what the page finds again after it was hidden or the window was
 * reloaded. Nothing secret belongs into a state: it is written to disk.
 */
export interface Talk {
  readonly incoming: Message;
  readonly outgoing: Message;
  readonly state: object;
}

type Of<T extends Talk, Type extends string> = Extract<T["incoming"], { readonly type: Type }>;

/** One per page. */
export class Bridge<T extends Talk> {
  private readonly api = acquireVsCodeApi();

  post(message: T["outgoing"]): void {
    this.api.postMessage(message);
  }

  /** `handler` hears every message of this type from the extension. */
  on<Type extends T["incoming"]["type"]>(type: Type, handler: (message: Of<T, Type>) => void): void {
    window.addEventListener("message", ({ data }: MessageEvent<Message>) => {
      if (data.type === type) handler(data as Of<T, Type>);
    });
  }

  /** Nothing at the first time. */
  load(): Partial<T["state"]> {
    return (this.api.getState() ?? {});
  }

  save(state: T["state"]): void {
    this.api.setState(state);
  }
}
