/** The table that a run ends with. */
import { table } from '../../main/cli/terminal.ts';
import type { Aim, Row, Unit } from './types.ts';

export function resultTable(rows: readonly Row[]): string {
  return table(
    ['what', 'measured', 'beside', '', 'ratio', 'aim', ''],
    rows.map((row) => {
      const ratio = ratioOf(row);
      return [
        row.what,
        amount(row.measured, row.unit),
        amount(row.beside.value, row.unit),
        row.beside.what,
        `${ratio.toFixed(2)}×`,
        row.aims.map((aim) => describeAim(aim, row.unit)).join(', '),
        row.aims.map((aim) => (isMet(aim, row.measured, ratio) ? '✓' : '✗')).join(' '),
      ];
    }),
  );
}

function ratioOf({ ratio, measured, beside }: Row): number {
  return ratio ?? measured / beside.value;
}

function isMet({ of, atMost = Number.POSITIVE_INFINITY, atLeast = 0 }: Aim, measured: number, ratio: number): boolean {
  const value = of === 'ratio' ? ratio : measured;
  return value <= atMost && value >= atLeast;
}

function describeAim({ of, atMost, atLeast }: Aim, unit: Unit): string {
  const write = (value: number) => (of === 'ratio' ? `${value}×` : amount(value, unit));
  return [
    ...(atMost === undefined ? [] : [`≤ ${write(atMost)}`]),
    ...(atLeast === undefined ? [] : [`≥ ${write(atLeast)}`]),
  ].join(' ');
}

function amount(value: number, unit: Unit): string {
  return `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${unit}`;
}
