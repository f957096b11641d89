/** QEMU on this computer, 7 or later. */
import type { Provider } from '../machines/provider.ts';
import { createQemuProvider } from './qemu-provider.ts';
import { QemuSettings } from './settings.ts';

export function openQemu(given: unknown): Provider {
  return createQemuProvider(QemuSettings.parse(given));
}
