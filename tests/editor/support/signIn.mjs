/** Signing in from VS Code: the notification that waits, and the page on which a person approves. */

/**
 * Starts a sign-in: its page and what the notification says of it. A page opens by itself, but this host gives each port of its computer an
 * address of its own, without the path: so the link is taken along to another window, as one would to another device.
 */
export async function begunSignIn(code, hub, start, says) {
  const [opened] = await Promise.all([code.page.context().waitForEvent("page"), code.until(waiting(code), start)]);
  await opened.close();
  await code.page.bringToFront();
  await waiting(code).getByText(says).waitFor();
  const words = await waiting(code).innerText();
  const link = await copied(code, "Copy Link", `${hub}/`);
  const page = await code.page.context().newPage();
  await page.goto(link);
  return { page, words };
}

/** What is on the clipboard when a link of the notification was pressed. */
export function copied(code, link, start) {
  return code.copied(start, () => waiting(code).getByText(link, { exact: true }).click());
}

/** What a person does on the hub's page, which then is closed. */
export async function onThePage(page, act) {
  await page.bringToFront();
  await act();
  await page.close();
}

/** The notification of a sign-in that waits. */
export function waiting(code) {
  return code.toast(/Signing in to/);
}
