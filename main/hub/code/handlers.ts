import type { codeCalls } from '../calls/code.ts';
import type { Offers } from '../offers.ts';
import type { SubjectHandlers } from '../window-port.ts';

export function codeHandlers(offers: Offers): SubjectHandlers<typeof codeCalls> {
  return {
    upload_code: async ({ ticket, transfer, ...upload }, { window, signal, connected }) =>
      (await connected()).uploadCode(
        { ...upload, path: offers.path(ticket) },
        (sent, total) => window.push({ push: 'transfer', transfer: { id: transfer, sent, total } }),
        signal,
      ),
  };
}
