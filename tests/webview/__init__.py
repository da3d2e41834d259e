"""Webview pages alone in Chromium: the built page under its real policy, themes, axe, a scripted extension for VS Code.

A page is tested by `NAME.test.mjs` here, played by a `test_NAME.py`:

    import { onPage, strings } from "./support/page.mjs";
    const words = await strings("src/run/strings.ts", "runStrings");     // what the extension writes into the page
    test("…", () => onPage("run", { words, theme: "dark", width: 300 }, async (page) => {
      page.answer((message) => (message.type === "ready" ? { type: "show", view } : undefined));
      await page.said("edited");            // the next message of this type from the page
      await page.accessible();              // neither axe nor the browser finds anything wrong
      await page.fits();                    // nothing is wider than the page
      await page.screenshot("run-form");    // screenshots/run-form.png, for whoever reads the results
    }));

`page.page` is Playwright's. Themes: light, dark, hc (high contrast) and hc-light. `zoom: 2` is VS Code's zoom at 200 %;
`motion: "no-preference"` lets things move; `state` is what the page kept before it was hidden.
"""
