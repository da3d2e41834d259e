/** A window for one scenario: opened on the folder that pytest names, closed whatever happens, with a picture when something went wrong. */
import { Workbench } from "./workbench.mjs";

export async function inWorkbench(name, scenario) {
  const workbench = await Workbench.open({ url: process.env.HOST_URL, folder: process.env.HOST_FOLDER });
  try {
    await scenario(workbench);
  } catch (error) {
    await workbench.screenshot(`failed-${name}`);
    throw error;
  } finally {
    await workbench.close();
  }
}
