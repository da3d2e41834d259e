import assert from "node:assert/strict";
import test from "node:test";
import type { Form, FormParams, SubmitParams } from "../src/protocol";
import { CALM_MS, type Draft, RunModel, TYPING_MS } from "../src/run/model";

const SCRIPT = "file:///project/main.jl";
const OTHER = "file:///project/other.jl";

/** A daemon that answers when it is told to, and a clock that stands still until it is moved. */
class World {
  readonly asked: { readonly params: FormParams; answer: (form?: Partial<Form>) => Promise<void>; fail: (error: Error) => Promise<void> }[] = [];
  readonly failures: unknown[] = [];
  drafts: Readonly<Record<string, Draft>> = {};
  drawn = 0;
  seen = true;
  /** Where scripts run. */
  server = "here";
  private now = 0;
  private timers: { readonly at: number; readonly act: () => void }[] = [];

  readonly model: RunModel;

  constructor(drafts: Readonly<Record<string, Draft>> = {}) {
    this.drafts = drafts;
    this.model = new RunModel({
      ask: (params) => this.ask(params),
      isSeen: () => this.seen,
      changed: () => {
        this.drawn += 1;
      },
      failed: (error, asked) => this.failures.push([error, asked]),
      later: (act, milliseconds) => {
        const timer = { at: this.now + milliseconds, act };
        this.timers.push(timer);
        return {
          cancel: () => {
            this.timers = this.timers.filter((other) => other !== timer);
          },
        };
      },
      loadDrafts: () => this.drafts,
      saveDrafts: (kept) => {
        this.drafts = kept;
      },
    });
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    const due = this.timers.filter(({ at }) => at <= this.now);
    this.timers = this.timers.filter(({ at }) => at > this.now);
    for (const { act } of due) act();
  }

  /** The question with this number. */
  question(index: number): World["asked"][number] {
    const question = this.asked[index];
    assert.ok(question, `there were only ${this.asked.length} questions`);
    return question;
  }

  private ask(params: FormParams): Promise<Form> {
    return new Promise((resolve, reject) => {
      const settled = async (): Promise<void> => {
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      };
      this.asked.push({
        params,
        answer: (form = {}) => {
          const server = params.server ?? this.server;
          const choices = { script: SCRIPT, nodes: 1, ...params.choices, server };
          resolve({ origin: "defaults", server: { id: server, current: server === this.server }, choices, ...form } as Form);
          return settled();
        },
        fail: (error) => {
          reject(error);
          return settled();
        },
      });
    });
  }
}

async function opened(drafts: Readonly<Record<string, Draft>> = {}): Promise<World> {
  const world = new World(drafts);
  world.model.open({ script: SCRIPT });
  await world.question(0).answer();
  return world;
}

function edit(world: World, choices: SubmitParams, number: number): void {
  world.model.edited({ script: SCRIPT, ...choices }, number, world.model.filled);
}

test("a script is asked for at once, its bundle when things are calm", async () => {
  const world = await opened();
  assert.deepEqual(world.asked.map(({ params }) => params), [{ script: SCRIPT }]);
  world.pass(CALM_MS);
  assert.equal(world.question(1).params.bundle, true);
});

test("while someone types, one question is asked for many letters", async () => {
  const world = await opened();
  edit(world, { nodes: 1 }, 1);
  edit(world, { nodes: 12 }, 2);
  edit(world, { nodes: 123 }, 3);
  world.pass(TYPING_MS);
  assert.deepEqual(world.asked.slice(1).map(({ params }) => params.choices?.nodes), [123]);
});

test("an answer that was overtaken is dropped", async () => {
  const world = await opened();
  edit(world, { nodes: 2 }, 1);
  world.pass(TYPING_MS);
  edit(world, { nodes: 3 }, 2);
  world.pass(TYPING_MS);
  await world.question(2).answer();
  await world.question(1).answer();
  assert.equal(world.model.form?.choices.nodes, 3);
  assert.equal(world.model.edit, 2);
});

test("each script keeps what was chosen for it, over a reload, too", async () => {
  const world = await opened();
  edit(world, { nodes: 7 }, 1);
  const later = new World(world.drafts);
  later.model.open({ script: SCRIPT });
  assert.equal(later.question(0).params.choices?.nodes, 7);
  later.model.open({ script: "file:///project/other.jl" });
  assert.deepEqual(later.question(1).params, { script: "file:///project/other.jl" });
});

test("a job's or a configuration's choices go before those that were made by hand", async () => {
  const world = await opened();
  edit(world, { nodes: 7 }, 1);
  world.model.open({ script: SCRIPT, job: "j1", server: "here" });
  assert.deepEqual(world.asked.at(-1)?.params, { script: SCRIPT, job: "j1", server: "here" });
  await world.question(1).answer({ origin: "job" });
  assert.deepEqual(world.drafts, {}, "they are in the place of the others");
});

test("an edit of what was in the form before is dropped", async () => {
  const world = await opened();
  const before = world.model.filled;
  world.model.startOver();
  await world.question(1).answer({ origin: "remembered" });
  world.model.edited({ script: SCRIPT, nodes: 9 }, 1, before);
  world.pass(TYPING_MS);
  assert.equal(world.model.form?.choices.nodes, 1);
  assert.deepEqual(world.model.source, { origin: "remembered", configuration: undefined, changed: false });
});

test("what was started or saved is no change any more", async () => {
  const world = await opened();
  edit(world, { nodes: 7 }, 1);
  world.pass(TYPING_MS);
  await world.question(1).answer();
  assert.equal(world.model.source.changed, true);
  world.model.saved("seven");
  assert.deepEqual(world.model.source, { origin: "configuration", configuration: "seven", changed: false });
  assert.deepEqual(world.drafts, {});
});

test("a password is asked about and kept nowhere", async () => {
  const world = await opened();
  edit(world, { port: 8080, portAccess: "password", portPassword: "hidden" }, 1);
  world.pass(TYPING_MS);
  assert.equal(world.question(1).params.choices?.portPassword, "hidden");
  await world.question(1).answer();
  assert.doesNotMatch(JSON.stringify([world.drafts, world.model.form]), /hidden/);
  world.model.forgetPassword();
  world.model.refresh();
  world.pass(TYPING_MS);
  assert.equal(world.question(2).params.choices?.portPassword, undefined);
});

test("a change outside does not drop what is being typed", async () => {
  const world = await opened();
  edit(world, { nodes: 4 }, 5);
  world.model.refresh();
  world.pass(TYPING_MS);
  await world.question(1).answer();
  assert.equal(world.model.form?.choices.nodes, 4);
  assert.equal(world.model.edit, 5);
});

test("so it is in a form that a job filled", async () => {
  const world = new World();
  world.model.open({ job: "j1", server: "here" });
  await world.question(0).answer({ origin: "job" });
  edit(world, { nodes: 4 }, 1);
  world.model.refresh();
  world.pass(TYPING_MS);
  assert.equal(world.question(1).params.choices?.nodes, 4);
});

test("a failure leaves the form as it was", async () => {
  const world = await opened();
  edit(world, { nodes: 4 }, 1);
  world.pass(TYPING_MS);
  await world.question(1).fail(new Error("gone"));
  assert.deepEqual(world.failures, [[new Error("gone"), false]]);
  assert.equal(world.model.form?.choices.nodes, 1);
});

test("scripts that run elsewhere are asked about there, whatever was chosen for the server before", async () => {
  const world = await opened();
  edit(world, { node: "m4", nodes: 2, server: "here" }, 1);
  world.pass(TYPING_MS);
  await world.question(1).answer();
  world.server = "hub";
  world.model.followServer();
  world.model.followServer();
  edit(world, { node: "m4", nodes: 3, server: "here" }, 2);
  assert.deepEqual(world.model.requestFor(SCRIPT, true), { choices: { script: SCRIPT, node: "m4", nodes: 3, server: "here" } }, "no server is named: the daemon moves them");
  world.pass(TYPING_MS);
  assert.equal(world.asked.length, 3, "one question for one move");
  await world.question(2).answer();
  assert.equal(world.model.form?.choices.server, "hub");
  const later = new World(world.drafts);
  assert.equal(later.model.requestFor(SCRIPT, false).server, undefined, "nor is one over a reload");
});

test("a job's or a configuration's own server stays until one is chosen", async () => {
  const world = new World();
  world.model.open({ configuration: "big" });
  await world.question(0).answer({ server: { id: "hub", current: false } as Form["server"] });
  edit(world, { nodes: 2, server: "hub" }, 1);
  world.pass(TYPING_MS);
  assert.equal(world.question(1).params.server, "hub");
  assert.equal(new World(world.drafts).model.requestFor(SCRIPT, false).server, "hub");
  world.model.followServer();
  world.pass(TYPING_MS);
  assert.equal(world.question(2).params.server, undefined);
  assert.equal(new World(world.drafts).model.requestFor(SCRIPT, false).server, undefined);
});

test("a script that runs elsewhere has not been changed by hand", async () => {
  const world = await opened();
  world.server = "hub";
  world.model.followServer();
  world.pass(TYPING_MS);
  await world.question(1).answer();
  assert.deepEqual([world.model.form?.choices.server, world.model.source.changed, world.drafts], ["hub", false, {}]);
});

test("a form that is on its way when scripts move is asked for again", async () => {
  const world = new World();
  world.model.open({ script: SCRIPT });
  world.server = "hub";
  world.model.followServer();
  await world.question(1).answer();
  await world.question(0).answer({ choices: { script: SCRIPT, server: "here" } });
  assert.equal(world.model.form?.choices.server, "hub");
});

test("an edit in a form that makes room for another script's is found again with its own", async () => {
  const world = await opened();
  world.model.open({ script: OTHER });
  edit(world, { nodes: 5 }, 1);
  assert.equal(world.model.requestFor(OTHER, true).choices, undefined);
  await world.question(1).answer({ choices: { script: OTHER, nodes: 1 } });
  assert.equal(world.model.form?.choices.script, OTHER);
  world.model.open({ script: SCRIPT });
  assert.equal(world.question(2).params.choices?.nodes, 5);
});

test("nothing is asked for a form that nobody sees, until somebody looks", async () => {
  const world = await opened();
  world.seen = false;
  world.model.open({ job: "j1", server: "hub" });
  world.model.followServer();
  assert.equal(world.asked.length, 1);
  world.seen = true;
  world.model.refresh();
  assert.deepEqual(world.question(1).params, { job: "j1", server: "hub" });
});

test("what a gesture submits is what stands in the form, looked at or left", async () => {
  const world = await opened();
  assert.deepEqual(world.model.requestFor(SCRIPT, false), { script: SCRIPT }, "as it ran last");
  assert.equal(world.model.requestFor(SCRIPT, true).choices?.nodes, 1);
  const chosen = { nodes: 7, port: 8080, portAccess: "password", portPassword: "hidden" } as const;
  edit(world, chosen, 1);
  assert.deepEqual(world.model.requestFor(SCRIPT, false), { choices: { script: SCRIPT, ...chosen } });
  world.model.submitting({ script: SCRIPT })();
  assert.deepEqual([world.drafts, world.model.requestFor(SCRIPT, false)], [{}, { script: SCRIPT }]);
});

test("the end of a submission leaves other scripts' forms, and what was chosen meanwhile", async () => {
  const world = await opened();
  edit(world, { nodes: 7 }, 1);
  const submitted = world.model.submitting({ script: SCRIPT });
  world.model.open({ script: OTHER });
  await world.question(1).answer({ choices: { script: OTHER } });
  world.model.edited({ script: OTHER, nodes: 9 }, 2, world.model.filled);
  submitted();
  assert.deepEqual(Object.values(world.drafts).map(({ choices }) => choices), [{ script: OTHER, nodes: 9 }]);
  assert.equal(world.model.choices?.nodes, 9);

  const again = world.model.submitting({ script: OTHER });
  world.model.edited({ script: OTHER, nodes: 10 }, 3, world.model.filled);
  again();
  assert.equal(world.model.choices.nodes, 10);
  assert.equal(Object.values(world.drafts).length, 1);
});

test("a submitted selection leaves what was chosen for the whole script, and makes room for it", async () => {
  const world = await opened();
  edit(world, { nodes: 7 }, 1);
  world.model.open({ job: "j1", server: "here" });
  await world.question(1).answer({ origin: "job", choices: { script: SCRIPT, code: "1 + 1" } });
  world.model.submitting({ script: SCRIPT, code: "1 + 1" })();
  assert.deepEqual(world.asked.at(-1)?.params, { choices: { script: SCRIPT, nodes: 7 } });
});

test("what is bundled is what is chosen for the script, unless no folder goes along", async () => {
  const world = await opened();
  assert.deepEqual(world.model.bundledWith(SCRIPT), {});
  edit(world, { nodes: 7, directory: "file:///project/exp", allow: [".env"], manifest: "file:///m/Manifest.toml" }, 1);
  const chosen = { directory: "file:///project/exp", allow: [".env"], manifest: "file:///m/Manifest.toml" };
  assert.deepEqual(world.model.bundledWith(SCRIPT), chosen);
  assert.deepEqual(new World(world.drafts).model.bundledWith(SCRIPT), chosen, "also before its form is there");
  world.model.open({ script: OTHER });
  await world.question(1).answer({ choices: { script: OTHER, gitignore: true } });
  assert.deepEqual([world.model.bundledWith(SCRIPT), world.model.bundledWith(OTHER)], [chosen, { gitignore: true }]);
  world.model.choose({ send: "script" });
  assert.deepEqual(world.model.bundledWith(OTHER), {});
});

test("a selection is for once", async () => {
  const world = new World();
  world.model.open({ job: "j1", server: "here" });
  await world.question(0).answer({ origin: "job", choices: { script: SCRIPT, code: "1 + 1" } });
  edit(world, { code: "1 + 1", nodes: 4 }, 1);
  assert.equal(world.model.choices?.nodes, 4);
  assert.deepEqual([world.drafts, world.model.requestFor(SCRIPT, true)], [{}, { script: SCRIPT }], "the script itself runs as it ran last");
});

test("a script is the same, whoever writes its URI", async () => {
  const world = new World();
  world.model.open({ script: "file:///c%3A/my%20work/main.jl" });
  const choices = { script: "file:///C:/my%20work/main.jl", nodes: 3 };
  await world.question(0).answer({ choices });
  world.model.edited(choices, 1, world.model.filled);
  assert.equal(world.model.requestFor("file:///c%3A/my%20work/main.jl", false).choices?.nodes, 3);
  const later = new World(world.drafts);
  later.model.open({ script: "file:///c%3A/my%20work/main.jl" });
  assert.equal(later.question(0).params.choices?.nodes, 3);
});

test("a percent sign in a path survives reloads", () => {
  for (const script of ["file:///p/50%25%20done/main.jl", "file:///p/a%2520b.jl", "file:///p/100%/main.jl"]) {
    const choices = { script, nodes: 3 };
    let world = new World({ [script]: { choices, source: { origin: "defaults", changed: true } } });
    for (let reload = 0; reload < 3; reload += 1) {
      world.model.open({ script });
      assert.equal(world.question(0).params.choices?.nodes, 3);
      world.model.edited(choices, 1, world.model.filled);
      world = new World(world.drafts);
    }
  }
});
