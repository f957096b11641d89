/** What the entries of the application's menu do in this page. */
import { toggleDock } from './dock.ts';
import { go } from './route.ts';

export function answerMenu(action: string): void {
  switch (action) {
    case 'new-application':
      go({ page: 'new' });
      break;
    case 'toggle-dock':
      toggleDock();
      break;
    case 'applications':
    case 'activity':
    case 'settings':
    case 'help':
    case 'methods':
      go({ page: action });
      break;
    default:
      break;
  }
}
