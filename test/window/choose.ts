/** What the user does in dialogs of the system, which a test cannot press. */
import type { ElectronApplication } from '@playwright/test';

/** From now on the user chooses this file, to save to or to open. */
export async function choose(desktop: ElectronApplication, file: string): Promise<void> {
  await desktop.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: chosen });
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, file);
}
