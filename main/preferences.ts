/** What the user prefers: kept by the main process, told to a page with its first sight, so that nothing flashes. */
import { z } from 'zod';

export const Preferences = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  density: z.enum(['comfortable', 'compact']).default('comfortable'),
  /** As in the catalogue of texts (`renderer/texts/`). */
  language: z.enum(['en']).default('en'),
  /** Whether the desktop says when a long operation ends while the window is away. */
  notifications: z.boolean().default(true),
});
export type Preferences = z.infer<typeof Preferences>;

export const defaultPreferences: Preferences = Preferences.parse({});
