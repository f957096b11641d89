/** Where a window is put: where it was, unless that place is off every screen. Pure. */

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** So much of the window's head must be on a screen to take hold of it, pixels. */
const grip = { width: 120, height: 32 };

/**
 * @param saved as it was; without a place on the first run
 * @param screens the areas of all screens that are not taken by docks and menus
 * @returns with a place where it can be seen; without one: the system places it
 */
export function place(
  saved: {
    readonly x?: number | undefined;
    readonly y?: number | undefined;
    readonly width: number;
    readonly height: number;
  },
  screens: readonly Rectangle[],
): { readonly x?: number; readonly y?: number; readonly width: number; readonly height: number } {
  const [main] = screens;
  const { x, y } = saved;
  const home =
    x === undefined || y === undefined ? undefined : screens.find((screen) => canBeTaken(x, y, saved.width, screen));
  const fit = home ?? main;
  const width = fit ? Math.min(saved.width, fit.width) : saved.width;
  const height = fit ? Math.min(saved.height, fit.height) : saved.height;
  return home && x !== undefined && y !== undefined ? { x, y, width, height } : { width, height };
}

function canBeTaken(x: number, y: number, width: number, screen: Rectangle): boolean {
  const visible = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  return visible >= grip.width && y >= screen.y && y + grip.height <= screen.y + screen.height;
}
