/** What this page was told with its first sight: stands in the page as JSON. */
import type { Told } from '../../main/desktop.ts';

export const told = JSON.parse(document.getElementById('told')?.textContent ?? '') as Told;
