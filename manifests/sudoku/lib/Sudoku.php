<?php

declare(strict_types=1);

/**
 * A sudoku as a list of 81 numbers, row by row; 0 is an empty cell. All functions are pure.
 */
final class Sudoku
{
    /** Clues that a puzzle of each level aims at; fewer are harder. */
    public const LEVELS = ['easy' => 42, 'medium' => 34, 'hard' => 28];

    /** Work a search may do before it gives up: a crafted grid must not keep a backend busy. */
    private const STEPS = 20_000;

    /** Row, column and box of each cell: computed once a request. */
    private static ?array $units = null;

    /**
     * A puzzle with exactly one solution; the same level and seed give the same puzzle on every backend.
     *
     * @return list<int>
     */
    public static function generate(string $level, int $seed): array
    {
        $random = new Random\Randomizer(new Random\Engine\Mt19937($seed));
        $solution = self::search(array_fill(0, 81, 0), 1, $random)[0];
        $puzzle = $solution;
        $clues = 81;
        // Cells go in pairs that face each other across the centre, as in printed puzzles.
        foreach ($random->shuffleArray(range(0, 40)) as $cell) {
            if ($clues <= self::LEVELS[$level]) {
                break;
            }
            $thinner = $puzzle;
            $thinner[$cell] = $thinner[80 - $cell] = 0;
            if (count(self::search($thinner, 2)) === 1) {
                $puzzle = $thinner;
                $clues -= $cell === 40 ? 1 : 2;
            }
        }
        return $puzzle;
    }

    /**
     * The solution, or null when there is none or more than one.
     *
     * @param list<int> $cells
     * @return list<int>|null
     */
    public static function solve(array $cells): ?array
    {
        if (self::conflicts($cells) !== []) {
            return null;
        }
        $solutions = self::search($cells, 2);
        return count($solutions) === 1 ? $solutions[0] : null;
    }

    /**
     * Cells that hold the same number as another in their row, column or box.
     *
     * @param list<int> $cells
     * @return list<int>
     */
    public static function conflicts(array $cells): array
    {
        $wrong = [];
        $seen = [];
        foreach ($cells as $cell => $number) {
            if ($number === 0) {
                continue;
            }
            foreach (self::units()[$cell] as $unit) {
                $first = $seen[$unit][$number] ?? null;
                if ($first !== null) {
                    $wrong[$first] = $wrong[$cell] = true;
                }
                $seen[$unit][$number] = $cell;
            }
        }
        ksort($wrong);
        return array_keys($wrong);
    }

    /**
     * Reads 81 characters; everything but 1 to 9 is an empty cell.
     *
     * @return list<int>|null null when it is not 81 characters
     */
    public static function read(string $text): ?array
    {
        if (strlen($text) !== 81) {
            return null;
        }
        return array_map(static fn (string $c): int => $c >= '1' && $c <= '9' ? (int) $c : 0, str_split($text));
    }

    /** @param list<int> $cells */
    public static function write(array $cells): string
    {
        return implode('', $cells);
    }

    /**
     * Up to $limit solutions. Always fills the cell with the fewest candidates; candidates are bits 1 to 9.
     *
     * @param list<int> $cells
     * @return list<list<int>>
     */
    private static function search(array $cells, int $limit, ?Random\Randomizer $random = null): array
    {
        $used = array_fill(0, 27, 0);
        $empty = [];
        foreach ($cells as $cell => $number) {
            if ($number === 0) {
                $empty[] = $cell;
                continue;
            }
            foreach (self::units()[$cell] as $unit) {
                $used[$unit] |= 1 << $number;
            }
        }
        $solutions = [];
        $steps = 0;
        self::fill($cells, $used, $empty, $limit, $random, $solutions, $steps);
        // A search that was cut short has proved nothing: two answers mean "not exactly one".
        return $steps > self::STEPS ? [$cells, $cells] : $solutions;
    }

    private static function fill(
        array &$cells,
        array &$used,
        array $empty,
        int $limit,
        ?Random\Randomizer $random,
        array &$solutions,
        int &$steps,
    ): void {
        if ($empty === []) {
            $solutions[] = $cells;
            return;
        }
        if (++$steps > self::STEPS) {
            return;
        }
        $units = self::units();
        $best = null;
        $fewest = 10;
        $options = [];
        foreach ($empty as $index => $cell) {
            [$row, $column, $box] = $units[$cell];
            $taken = $used[$row] | $used[$column] | $used[$box];
            $free = [];
            for ($number = 1; $number <= 9; $number++) {
                if (($taken & (1 << $number)) === 0) {
                    $free[] = $number;
                }
            }
            if (count($free) < $fewest) {
                [$best, $fewest, $options] = [$index, count($free), $free];
                if ($fewest <= 1) {
                    break;
                }
            }
        }
        $cell = $empty[$best];
        unset($empty[$best]);
        foreach ($random === null ? $options : $random->shuffleArray($options) as $number) {
            $cells[$cell] = $number;
            foreach ($units[$cell] as $unit) {
                $used[$unit] |= 1 << $number;
            }
            self::fill($cells, $used, $empty, $limit, $random, $solutions, $steps);
            foreach ($units[$cell] as $unit) {
                $used[$unit] &= ~(1 << $number);
            }
            $cells[$cell] = 0;
            if (count($solutions) >= $limit || $steps > self::STEPS) {
                return;
            }
        }
    }

    /** @return list<array{int, int, int}> */
    private static function units(): array
    {
        if (self::$units === null) {
            self::$units = [];
            for ($cell = 0; $cell < 81; $cell++) {
                $row = intdiv($cell, 9);
                $column = $cell % 9;
                self::$units[] = [$row, 9 + $column, 18 + intdiv($row, 3) * 3 + intdiv($column, 3)];
            }
        }
        return self::$units;
    }
}
