/** A real director with 5,000 applications and 50,000 nodes: its first list, and the window's list of them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { openDisplay } from '../../test/window/display.ts';
import { openBenchDeployment } from './deployment.ts';
import { scrollingWork } from './frames.ts';
import { inWindow } from './in-window.ts';
import { type Seed, seedDirectorOf, seededName } from './seed.ts';
import { median, percentile, timed } from './statistics.ts';
import type { Bench, Row } from './types.ts';
import { emptyApplication } from './window.ts';

const seed: Seed = { applications: 5000, nodesEach: 10 };
const rounds = 7;
const frames = 180;
const checkout = path.resolve(import.meta.dirname, '../..');

export const list: Bench = {
  name: 'list',
  about: `${seed.applications} applications: first list, filter, scrolling`,
  async run({ directory, signal, log }) {
    // One of its own: the others have no use for so many applications.
    await using deployment = await openBenchDeployment(signal);
    const alone = await timed(() => deployment.director.call('list_applications', {}, { signal }));
    await deployment.whileStopped(() => seedDirectorOf(deployment.home, seed));
    const director = await deployment.connect();
    const first = await timed(() => director.call('list_applications', {}, { signal }));
    const { length } = await director.call('list_applications', {}, { signal });
    const bytes = Buffer.byteLength(JSON.stringify(await director.call('list_applications', {}, { signal })));
    log(`first list of ${length}: ${Math.round(first)} ms, ${Math.round(bytes / length)} bytes an application`);

    await writeFile(path.join(deployment.home, 'window.json'), JSON.stringify({ toldThatApplicationsGoOn: true }));
    await using display = await openDisplay();
    const empty = await inWindow(await emptyApplication(directory), directory, display.name, async (page) => {
      await page.evaluate(() => {
        document.body.innerHTML = '<div id="scrolled" style="height:600px;overflow:auto"><div style="height:220000px">';
      });
      return scrollingWork(page, '#scrolled', frames);
    });
    const ours = await inWindow(checkout, deployment.home, display.name, async (page) => {
      await page.getByText(`${seed.applications} applications`).waitFor({ timeout: 60_000 });
      const filters: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        filters.push(await filterTime(page, seededName(1000 + round * 500)));
      }
      const work = await scrollingWork(page, '[role="grid"]', frames);
      return { filters, work };
    });
    const [p95, beside] = [percentile(ours.work, 0.95), percentile(empty, 0.95)];
    log(`filter ${ours.filters.map(Math.round).join(' ')} ms; frames p50 ${percentile(ours.work, 0.5).toFixed(1)} ms`);
    const rows: Row[] = [
      {
        what: `first list of ${length} applications`,
        unit: 'ms',
        measured: first,
        beside: { what: 'list of none', value: alone },
        aims: [{ of: 'measured', atMost: 500 }],
      },
      {
        what: `filter, from the key to the row (p50 of ${rounds})`,
        unit: 'ms',
        measured: median(ours.filters),
        beside: { what: 'one frame', value: 1000 / 60 },
        aims: [{ of: 'measured', atMost: 100 }],
      },
      {
        what: 'main-thread work a frame while scrolling (p95)',
        unit: 'ms',
        measured: p95,
        beside: { what: 'an empty page in an empty window', value: beside },
        aims: [{ of: 'measured', atMost: 8 }],
      },
    ];
    return rows;
  },
};

/** Milliseconds from setting the search to the frame in which the list shows what was sought, and nothing else. */
function filterTime(page: Page, sought: string): Promise<number> {
  return page.evaluate(
    (text) =>
      new Promise<number>((resolve) => {
        const field = document.querySelector<HTMLInputElement>('input[type="search"]');
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
        const write = (value: string): void => {
          if (!field) return;
          set?.call(field, value);
          field.dispatchEvent(new Event('input', { bubbles: true }));
        };
        const started = performance.now();
        write(text);
        const look = (): void => {
          const names = [...document.querySelectorAll('[role="grid"] a.name')].map((name) => name.textContent);
          if (names.length !== 1 || names[0] !== text) return void requestAnimationFrame(look);
          const took = performance.now() - started;
          write('');
          const cleared = (): void => {
            if (document.querySelectorAll('[role="grid"] a.name').length > 1) resolve(took);
            else requestAnimationFrame(cleared);
          };
          cleared();
        };
        requestAnimationFrame(look);
      }),
    sought,
  );
}
