/** Where a key takes one in a grid. Pure. */

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** @param main whether Ctrl (⌘ on a Mac) is held @param page rows of a screenful @returns undefined: the key moves nothing */
export function moved(key: string, main: boolean, { row, column }: Cell, last: Cell, page: number): Cell | undefined {
  const to = target(key, main, { row, column }, last, page);
  return (
    to && {
      row: Math.max(0, Math.min(last.row, to.row)),
      column: Math.max(0, Math.min(last.column, to.column)),
    }
  );
}

function target(key: string, main: boolean, { row, column }: Cell, last: Cell, page: number): Cell | undefined {
  switch (key) {
    case 'ArrowDown':
      return { row: row + 1, column };
    case 'ArrowUp':
      return { row: row - 1, column };
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'PageDown':
      return { row: row + page, column };
    case 'PageUp':
      return { row: row - page, column };
    case 'Home':
      return main ? { row: 0, column } : { row, column: 0 };
    case 'End':
      return main ? { row: last.row, column } : { row, column: last.column };
    default:
      return undefined;
  }
}
