/** A window for one scenario: opened on the folder that pytest names, closed whatever happens, with a picture when something went wrong. */
import { Workbench } from "./workbench.mjs";

export async function inWorkbench(name, scenario, options = {}) {
  const workbench = await Workbench.open({ url: process.env.HOST_URL, folder: process.env.HOST_FOLDER, ...options });
  try {
    await scenario(workbench);
  } catch (error) {
    await workbench.screenshot(`failed-${name}`);
    throw error;
  } finally {
    await workbench.close();
  }
}

/** The script first, then the pane: its form takes the focus when it is there, and with it whatever is being typed. */
export async function openBoth(code, name) {
  await code.openFile(name);
  await code.openView("JuliaHub");
  const pane = code.page.frameLocator("iframe.webview.ready:visible").frameLocator("iframe");
  await pane.getByRole("button", { name: "Start job" }).waitFor();
  await code.focusEditor(name);
}
