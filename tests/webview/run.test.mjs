import assert from "node:assert/strict";
import test from "node:test";
import { extension, formOf, SCRIPT, shown } from "./support/forms.mjs";
import { onPage, strings } from "./support/page.mjs";

const words = await strings("src/run/strings.ts", "runStrings");
const CLUSTER = { node: "m4", nodes: 2, processPerVcpu: true, minNodes: 1 };
const ALL = { ...CLUSTER, name: "pi sweep", env: { SEED: "42", STEPS: "1000000" }, port: 8080, portAccess: "password", image: "Julia 1.12" };
const UNFOLDED = { more: true };

/** The page with an extension that answers, and whatever is asked of it: `scenario(page, its Playwright page)`. */
const form = (first, options, scenario) =>
  onPage("run", { words, ...options }, async (page) => {
    await page.answer(extension(first));
    await page.page.getByRole("button", { name: "Start job" }).waitFor();
    await scenario(page, page.page);
  });

const field = (view, name) => view.getByRole("textbox", { name, exact: true });
const summary = (view, text) => view.locator(".summary", { hasText: text }).waitFor();

for (const theme of ["light", "dark", "hc", "hc-light"]) {
  test(`everything unfolded, ${theme}`, () =>
    form(ALL, { theme, state: UNFOLDED, height: 1320 }, async (page, view) => {
      await view.locator(".environment summary").click();
      await view.getByText("Manifest.toml").waitFor();
      await summary(view, "1 master + 7 workers on 2 nodes");
      await page.accessible();
      await page.fits();
      await page.screenshot(`run-all-${theme}`);
    }));
}

test("as a script is opened: what cannot be chosen is not there", () =>
  form({}, {}, async (page, view) => {
    assert.equal(await field(view, "Nodes").isVisible(), false);
    assert.equal(await field(view, "Password").isVisible(), false);
    await page.accessible();
    await page.screenshot("run-first");
  }));

test("in a pane of 200 pixels", () =>
  form(ALL, { width: 200, height: 1900, state: UNFOLDED }, async (page, view) => {
    await summary(view, "1 master + 7 workers");
    await page.fits();
    await page.accessible();
    await page.screenshot("run-narrow");
  }));

test("at 200 %", () =>
  form(ALL, { width: 420, height: 3200, zoom: 2, theme: "light", state: UNFOLDED }, async (page, view) => {
    await summary(view, "1 master + 7 workers");
    await page.fits();
    await page.accessible();
    await page.screenshot("run-zoomed");
  }));

test("what follows from a choice shows at once; a choice comes back with its mode", () =>
  form({ node: "m4" }, {}, async (page, view) => {
    await view.getByRole("radio", { name: "distributed" }).click();
    await summary(view, "1 master + 7 workers on 2 nodes");
    await field(view, "Nodes").fill("3");
    await summary(view, "1 master + 11 workers on 3 nodes");
    await view.getByText("at most $1.02").waitFor();
    assert.equal(await view.getByRole("img").getAttribute("aria-label"), "What will start: 1 master + 11 workers on 3 nodes");
    assert.deepEqual(await view.locator(".frame").evaluateAll((frames) => frames.map((frame) => frame.querySelectorAll(".box").length)), [4, 4, 4]);
    await view.getByRole("radio", { name: "one", exact: true }).click();
    await summary(view, "1 process on 1 node");
    await view.getByRole("radio", { name: "distributed" }).click();
    await summary(view, "1 master + 11 workers on 3 nodes");
    await view.getByRole("combobox", { name: "Per node", exact: true }).selectOption("a number");
    await field(view, "Processes per node").fill("3");
    await summary(view, "1 master + 8 workers on 3 nodes");
    await view.getByRole("radio", { name: "elastic" }).click();
    page.forget();
    await view.getByRole("combobox", { name: "Node", exact: true }).selectOption({ label: "2 vCPU · 8 GB · $0.17" });
    const { choices } = await page.said("edited");
    assert.deepEqual([choices.node, choices.nodes, choices.processesPerNode, choices.elastic], ["m2", 3, 3, true]);
  }));

test("a wrong value is said beside its field while it is typed, and by the button; the caret stays", () =>
  form(CLUSTER, {}, async (page, view) => {
    const nodes = field(view, "Nodes");
    await nodes.press("End");
    await nodes.pressSequentially("00");
    await view.locator(".row", { has: nodes }).getByText("A job has 1 to 150 nodes.").waitFor();
    assert.equal(await nodes.evaluate((input) => document.activeElement?.shadowRoot?.activeElement === input), true);
    assert.deepEqual(await nodes.evaluate((input) => [input.value, input.selectionStart, input.ariaInvalid]), ["200", 3, "true"]);
    assert.equal(await nodes.getAttribute("aria-description"), "A job has 1 to 150 nodes.");
    const start = view.getByRole("button", { name: "Start job" });
    assert.equal(await start.getAttribute("aria-disabled"), "true");
    assert.equal(await view.locator("#obstacle").textContent(), "A job has 1 to 150 nodes.");
    await page.accessible();
    await page.screenshot("run-wrong");
    page.forget();
    await start.click({ force: true });
    await nodes.press("End");
    await nodes.press("Backspace");
    await view.locator(".remark.error").waitFor({ state: "detached" });
    assert.equal(await start.getAttribute("aria-disabled"), "false");
    assert.deepEqual(page.heard.map(({ type }) => type), ["edited"]);
    await view.getByRole("status").filter({ hasText: "20 nodes" }).waitFor({ state: "attached" });
  }));

test("what is no number never leaves the field", () =>
  form(CLUSTER, {}, async (page, view) => {
    page.forget();
    await field(view, "Nodes").fill("many");
    await view.getByText("Give a whole number, such as 2.").first().waitFor();
    assert.equal(await view.getByRole("button", { name: "Start job" }).getAttribute("aria-disabled"), "true");
    assert.deepEqual(await page.said("unreadable"), { type: "unreadable", filled: 1, sentence: "Give a whole number, such as 2." }, "no other gesture starts what stood there before");
    assert.deepEqual(page.heard.map(({ type }) => type), ["unreadable"]);
    await field(view, "Nodes").fill("4");
    assert.equal((await page.said("edited")).choices.nodes, 4);
    assert.deepEqual(await page.said("unreadable"), { type: "unreadable", filled: 1 });
  }));

test("an answer that was overtaken is not drawn, and none writes over what is being typed", () =>
  onPage("run", { words }, async (page) => {
    await page.answer((message) => (message.type === "ready" ? shown(formOf(CLUSTER)) : undefined));
    const view = page.page;
    await field(view, "Nodes").fill("5");
    const first = await page.said("edited");
    await field(view, "Nodes").fill("50");
    const second = await page.said("edited");
    await page.tell(shown(formOf(second.choices), { edit: second.edit, changed: true }));
    await page.tell(shown(formOf(first.choices), { edit: first.edit, changed: true }));
    await summary(view, "on 50 nodes");
    await page.tell(shown(formOf({ ...second.choices, nodes: 49 }), { edit: second.edit }));
    await summary(view, "on 49 nodes");
    assert.equal(await field(view, "Nodes").inputValue(), "50");
    await page.tell(shown(formOf({ nodes: 1 }), { filled: 2 }));
    await summary(view, "1 process on 1 node");
    assert.equal(await view.getByRole("radio", { name: "one", exact: true }).isChecked(), true);
  }));

test("a password is sent, and kept by nobody", () =>
  form({ port: 8080, portAccess: "password" }, { state: UNFOLDED }, async (page, view) => {
    await view.getByText("Give the password").first().waitFor();
    await view.getByLabel("Password").fill("hidden");
    await view.locator(".remark.error").waitFor({ state: "detached" });
    await view.getByRole("button", { name: "Start job" }).click();
    assert.equal((await page.said("started")).choices.portPassword, "hidden");
    await view.locator(".more-fields summary").click();
    await view.locator(".more-fields:not([open])").waitFor();
    assert.deepEqual(await page.state(), { more: false });
  }));

test("inputs are added, named for ears, and removed", () =>
  form({ env: { SEED: "42" } }, { state: UNFOLDED }, async (page, view) => {
    await view.getByRole("button", { name: "Add an input" }).click();
    page.forget();
    await view.waitForFunction(() => document.activeElement?.label === "Name of input 2");
    await view.keyboard.type("STEPS");
    await field(view, "Value of input 2").fill("9");
    let said = await page.said("edited");
    while (said.choices.env.STEPS !== "9") said = await page.said("edited");
    assert.deepEqual(said.choices.env, { SEED: "42", STEPS: "9" });
    page.forget();
    await view.getByRole("button", { name: "Remove input 1" }).click();
    assert.deepEqual((await page.said("edited")).choices.env, { STEPS: "9" });
    await field(view, "Name of input 1").waitFor();
  }));

test("of two inputs with one name, or one without, none is dropped without a word", () =>
  form({ env: { SEED: "42" } }, { state: UNFOLDED }, async (page, view) => {
    await view.getByRole("button", { name: "Add an input" }).click();
    page.forget();
    await field(view, "Value of input 2").fill("9");
    await view.getByText("An input has a value and no name. Give it one.").first().waitFor();
    await field(view, "Name of input 2").fill("SEED");
    await view.getByText("SEED is there twice. Give each input a name of its own.").first().waitFor();
    assert.equal(await view.getByRole("button", { name: "Start job" }).getAttribute("aria-disabled"), "true");
    assert.deepEqual(new Set(page.heard.map(({ type }) => type)), new Set(["unreadable"]));
    await field(view, "Name").fill("sweep");
    assert.equal((await page.said("edited")).choices.name, "sweep");
    assert.equal(await field(view, "Name of input 2").inputValue(), "SEED", "what cannot be read stays while other fields change");
    await view.getByText("SEED is there twice. Give each input a name of its own.").first().waitFor();
    await view.locator(".more-fields summary").getByText("Something in here is wrong").waitFor({ state: "attached" });
    await page.accessible();
    await field(view, "Name of input 2").fill("SEEDS");
    assert.deepEqual((await page.said("edited")).choices.env, { SEED: "42", SEEDS: "9" });
    await view.locator(".remark.error").waitFor({ state: "detached" });
  }));

test("what is said beside folded fields is not missed", () =>
  form({ image: "Julia 1.12" }, {}, async (page, view) => {
    const more = view.locator(".more-fields summary");
    await more.getByText("There is a warning in here").waitFor({ state: "attached" });
    await page.screenshot("run-folded-warning");
    await page.tell(shown(formOf({ port: 80 }), { filled: 2 }));
    await view.getByText("Ports from 1025 to 9008 can be shown.").first().waitFor();
    await page.accessible();
    await page.tell(shown(formOf({}), { filled: 3 }));
    await more.locator(".count .codicon").waitFor({ state: "detached" });
  }));

test("who is signed out where it would run can sign in there", () =>
  onPage("run", { words }, async (page) => {
    const made = formOf();
    const server = { ...made.server, id: "juliahub.com", name: "juliahub.com", kind: "hub", state: "signedOut" };
    const obstacle = "You are not signed in to juliahub.com.";
    await page.answer((message) => (message.type === "ready" ? shown({ ...made, server, ready: false, obstacle }) : undefined));
    await page.page.getByRole("button", { name: "Sign in", exact: true }).click();
    assert.equal((await page.said("served")).server, "juliahub.com");
    await page.accessible();
    await page.screenshot("run-signed-out");
  }));

test("by cost, without a limit, by hours", () =>
  form({}, {}, async (page, view) => {
    const unit = view.getByRole("combobox", { name: "Limit by" });
    page.forget();
    await unit.selectOption("US dollars");
    const { choices } = await page.said("edited");
    assert.deepEqual([choices.costLimit, choices.timeLimit], [0.17, undefined]);
    await unit.selectOption("no limit");
    assert.equal((await page.said("edited")).choices.timeLimit, 0);
    await field(view, "Limit, in no limit").waitFor({ state: "hidden" });
    await unit.selectOption("hours");
    assert.equal((await page.said("edited")).choices.timeLimit, 1);
  }));

test("what the buttons ask for", () =>
  form({}, {}, async (page, view) => {
    const asks = async (name, role = "button") => {
      page.forget();
      await view.getByRole(role, { name }).click();
      return (await page.said("asked")).gesture;
    };
    assert.equal(await asks("Open main.jl"), "openScript");
    assert.equal(await asks("Choose another script"), "chooseScript");
    assert.equal(await asks(/214 files/), "showBundle");
    assert.equal(await asks("Save as a configuration"), "saveConfiguration");
    assert.equal(await asks("Copy as command"), "copyCommand");
    await view.locator(".environment summary").click();
    assert.equal(await asks("Choose another environment…"), "chooseEnvironment");
    assert.equal(await asks("Bundle another folder…"), "chooseDirectory");
    assert.equal(await asks("Manifest: Manifest.toml"), "openManifest");
    await view.getByRole("combobox", { name: "Where" }).selectOption("○ juliahub.com · sign in");
    assert.equal((await page.said("served")).server, "juliahub.com");
    assert.equal(await view.getByRole("combobox", { name: "Where" }).inputValue(), "this-computer", "nothing is chosen before the sign-in");
    await view.getByRole("combobox", { name: "Filled" }).selectOption("pi sweep");
    assert.equal((await page.said("configured")).configuration, "pi sweep");
  }));

test("another manifest and other artifacts, and back to those that Julia finds", () =>
  onPage("run", { words }, async (page) => {
    await page.answer(extension({}, { artifacts: false }));
    const view = page.page;
    await view.locator(".environment summary").click();
    await view.getByText("no artifacts").waitFor();
    const asks = async (name) => {
      await view.getByRole("button", { name }).click();
      return (await page.said("asked")).gesture;
    };
    assert.equal(await asks("Choose another manifest…"), "chooseManifest");
    assert.equal(await asks("Choose other artifacts…"), "chooseArtifacts");
    assert.equal(await view.getByRole("button", { name: "As Julia finds it" }).count(), 0);
    const chosen = { manifest: "file:///home/ada/pinned/Manifest.toml", artifacts: "file:///home/ada/pinned/Artifacts.toml" };
    const unfit = { field: "manifest", severity: "error", message: "The manifest is of another project." };
    await page.tell(shown(formOf(chosen, { fields: [unfit], artifacts: false }), { changed: true }));
    await view.getByRole("button", { name: "Manifest: pinned/Manifest.toml" }).waitFor();
    await view.locator(".row", { hasText: "Environment" }).getByText(unfit.message).waitFor();
    await page.accessible();
    await page.fits();
    await page.screenshot("run-files");
    await view.getByRole("button", { name: "Artifacts: As Julia finds it" }).press("Enter");
    assert.equal("artifacts" in (await page.said("edited")).choices, false);
    await view.getByText("no artifacts").waitFor();
    assert.equal(await view.evaluate(focusedName), "Choose other artifacts…", "the focus is not lost with the button");
    await view.getByRole("button", { name: "Manifest: As Julia finds it" }).press("Enter");
    assert.equal("manifest" in (await page.said("edited")).choices, false);
    await view.getByRole("button", { name: "Manifest: Manifest.toml" }).waitFor();
    assert.equal(await view.evaluate(focusedName), "Choose another manifest…");
  }));

test("the focus is not lost with what is bundled", () =>
  form({ directory: "file:///home/ada" }, {}, async (page, view) => {
    await view.locator(".environment summary").click();
    await view.getByText("/home/ada/monte-carlo-pi").waitFor({ state: "attached" });
    await view.getByRole("button", { name: "Bundle its own folder again" }).press("Enter");
    assert.equal("directory" in (await page.said("edited")).choices, false);
    assert.equal(await view.evaluate(focusedName), "Bundle another folder…");
  }));

test("what keeps the job from running is said where it is mended", () =>
  onPage("run", { words }, async (page) => {
    const action = { title: "Resolve", command: "juliahub/mendEnvironment", arguments: [{}] };
    const stale = { code: "manifest-stale", severity: "error", message: "The manifest does not fit the project.", actions: [action] };
    const note = { code: "manifest-missing", severity: "information", message: "There is no manifest.", actions: [{ ...action, title: "Instantiate" }] };
    const beside = { field: "server", severity: "error", message: "You are signed out.", actions: [{ title: "Sign In", command: "juliahub/signIn" }] };
    const made = formOf({}, { problems: [note, stale], fields: [beside] });
    await page.answer((message) => (message.type === "ready" ? shown({ ...made, ready: false, obstacle: stale.message }) : undefined));
    const view = page.page;
    const mended = async (name) => {
      await view.getByRole("button", { name }).click();
      const { about, problem, action: pressed } = await page.said("mended");
      return [about, problem, pressed];
    };
    assert.deepEqual(await mended("Resolve"), ["environment", 1, 0]);
    assert.deepEqual(await mended("Sign In"), ["fields", 0, 0]);
    await view.locator(".environment summary").click();
    assert.deepEqual(await mended("Instantiate"), ["environment", 0, 0]);
    await page.accessible();
    await page.screenshot("run-mends");
  }));

test("the keyboard alone reaches everything, in the order of the page, and starts the job", () =>
  form(CLUSTER, { state: UNFOLDED }, async (page, view) => {
    const reached = [];
    for (let step = 0; step < 60; step += 1) {
      await view.keyboard.press("Tab");
      const name = await view.evaluate(focusedName);
      assert.ok(name !== "", `what has the focus after “${reached.at(-1)}” has a name`);
      reached.push(name);
      if (name === "Copy as command") break;
    }
    const expected = [
      "Open main.jl", "Choose another script", "MonteCarloPi · Julia 1.10", "Show what goes along", "Filled", "Save as a configuration",
      "Where", "Node", "mode", "Nodes", "Per node", "pool", "Nodes to start with, at least", "Threads of each process", "Limit, in hours",
      "Limit by", "Name, inputs, Julia version, port …", "Name", "Add an input", "Julia", "Goes along", "Port", "Build a system image of them",
      "Start job", "Copy as command",
    ];
    assert.deepEqual(reached, expected);
    await view.keyboard.press("Shift+Tab");
    await page.screenshot("run-focus");
    await view.keyboard.press("Enter");
    assert.equal((await page.said("started")).choices.script, SCRIPT);
  }));

test("while it is submitted, nothing is submitted twice", () =>
  onPage("run", { words }, async (page) => {
    await page.answer((message) => (message.type === "ready" ? shown(formOf(), { busy: true }) : undefined));
    const start = page.page.getByRole("button", { name: "Submitting…" });
    await start.waitFor();
    await start.click({ force: true });
    assert.deepEqual(page.heard.map(({ type }) => type), ["ready"]);
    await page.accessible();
  }));

for (const motion of ["reduce", "no-preference"]) {
  test(`motion: ${motion}`, () =>
    onPage("run", { words, motion }, async (page) => {
      await page.answer(() => ({ type: "show", view: { kind: "waiting" } }));
      const waiting = page.page.getByRole("progressbar");
      await waiting.waitFor();
      const animation = await waiting.evaluate((element) => getComputedStyle(element).animationName);
      assert.equal(animation, motion === "reduce" ? "none" : "waiting");
    }));
}

test("without a script: what to do", () =>
  onPage("run", { words }, async (page) => {
    const view = { kind: "welcome", text: "Open a Julia script, and run it here.", actions: [{ title: "Open a Julia Script", gesture: "chooseScript" }] };
    await page.answer((message) => (message.type === "ready" ? { type: "show", view } : undefined));
    await page.page.getByRole("button", { name: "Open a Julia Script" }).click();
    assert.equal((await page.said("asked")).gesture, "chooseScript");
    await page.accessible();
    await page.screenshot("run-welcome");
  }));

/** Runs in the page: what a screen reader would call the element that has the focus. */
function focusedName() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (element?.type === "radio") return element.name;
  if (document.activeElement?.localName === "vscode-checkbox") return document.activeElement.label;
  const label = element?.getAttribute("aria-label") || element?.title || element?.textContent?.trim() || "";
  return element?.tagName === "SELECT" ? element.getAttribute("aria-label") : label;
}
