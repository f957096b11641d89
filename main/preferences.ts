/** What the user prefers: kept by the main process, told to a page with its first sight, so that nothing flashes. */
import { z } from 'zod';

const shape = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  density: z.enum(['comfortable', 'compact']),
  /** As in the catalogue of texts (`renderer/texts/`). */
  language: z.enum(['en']),
  /** Whether the desktop says when a long operation ends while the window is away. */
  notifications: z.boolean(),
  /** Which versions of this program are offered: tried ones, or also those that are being tried. */
  updateChannel: z.enum(['latest', 'beta']),
  /**
   * For updates: `system`, `direct`, or an address such as `http://proxy.example.org:3128` (also https, socks5). Without a
   * password, as the file of preferences is no place for one.
   */
  proxy: z
    .string()
    .max(300)
    .regex(/^(system|direct|(https?|socks5):\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\]):[0-9]{1,5})$/i),
});
export type Preferences = z.infer<typeof shape>;

export const defaultPreferences: Preferences = {
  theme: 'system',
  density: 'comfortable',
  language: 'en',
  notifications: true,
  updateChannel: 'latest',
  proxy: 'system',
};

/** Some of them, as a page changes them: what is not given stays. */
export const SomePreferences = shape.partial();

/** All of them, as they are kept: what an older version did not know is as at the first start. */
export const Preferences: z.ZodType<Preferences> = SomePreferences.transform((some) => ({
  ...defaultPreferences,
  ...(Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as Partial<Preferences>),
}));
