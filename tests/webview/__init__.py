"""Webview pages alone in Chromium: the built page under its real policy, a scripted extension in place of VS Code, themes, axe.

A page is tested by `NAME.test.mjs` here, played by a `test_NAME.py`:

    import { openPage, strings } from "./support/page.mjs";
    const page = await openPage("run", { words: strings("src/run/strings.ts", "runStrings"), theme: "dark", width: 300 });
    page.answer((message) => (message.type === "ready" ? { type: "show", view } : undefined));   // what the extension would say
    await page.said("edited");            // the next message of this type from the page
    await page.accessible();              // axe finds nothing wrong
    await page.screenshot("run-form");    // screenshots/run-form.png, for whoever reads the results
    await page.close();

Themes: light, dark, hc (high contrast) and hc-light. `zoom: 2` is VS Code's zoom at 200 %; `motion: "no-preference"` lets things move.
"""
