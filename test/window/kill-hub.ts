/** The hub of a window dies, as if the system had ended it. */
import type { ElectronApplication } from '@playwright/test';

export async function killHub(desktop: ElectronApplication): Promise<void> {
  await desktop.evaluate(({ app }) => {
    const hub = app.getAppMetrics().find(({ name }) => name === 'ConPaaS hub');
    if (!hub) throw new Error('there is no hub');
    process.kill(hub.pid, 'SIGKILL');
  });
}
