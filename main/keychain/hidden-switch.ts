/** What the app is told to come up without a window; it ends by itself when nobody asks it any more. */
export const hiddenSwitch = '--hidden';
