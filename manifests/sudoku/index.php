<?php

declare(strict_types=1);

/**
 * Front controller: /health, and the game. The game keeps no state on the server: the form carries the puzzle, so that
 * any backend can answer the next click.
 */

require __DIR__ . '/lib/Sudoku.php';

$path = parse_url($_SERVER['REQUEST_URI'] ?? '/', PHP_URL_PATH) ?: '/';
if ($path === '/health') {
    header('Content-Type: text/plain; charset=utf-8');
    header('Cache-Control: no-store');
    $easy = Sudoku::generate('easy', 1);
    $healthy = Sudoku::solve($easy) !== null;
    http_response_code($healthy ? 200 : 500);
    echo $healthy ? "ok\n" : "The solver does not work.\n";
    return;
}
if ($path !== '/' && $path !== '/index.php') {
    http_response_code(404);
    header('Content-Type: text/plain; charset=utf-8');
    echo "There is no such page.\n";
    return;
}

$game = $_SERVER['REQUEST_METHOD'] === 'POST' ? play($_POST) : null;
if ($game === null && $_SERVER['REQUEST_METHOD'] === 'POST') {
    http_response_code(400);
}
$game ??= start($_GET);
header("Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
header('X-Content-Type-Options: nosniff');
header('Referrer-Policy: no-referrer');
header('Cache-Control: no-store');
require __DIR__ . '/lib/page.php';

/** A new puzzle: of the given number, or of a random one. */
function start(array $query): array
{
    $level = is_string($query['level'] ?? null) && isset(Sudoku::LEVELS[$query['level']]) ? $query['level'] : 'easy';
    $number = filter_var($query['number'] ?? null, FILTER_VALIDATE_INT, ['options' => ['min_range' => 1, 'max_range' => 999_999]]);
    $number = is_int($number) ? $number : random_int(1, 999_999);
    $puzzle = Sudoku::generate($level, $number);
    return game($level, $number, $puzzle, $puzzle, [], null, sprintf('Puzzle %d (%s). Fill in the empty cells.', $number, $level));
}

/** What the player asked for: check, hint or solve. Null when the form was not one of ours. */
function play(array $form): ?array
{
    $level = $form['level'] ?? null;
    $number = filter_var($form['number'] ?? null, FILTER_VALIDATE_INT);
    $puzzle = is_string($form['puzzle'] ?? null) ? Sudoku::read($form['puzzle']) : null;
    $typed = $form['cells'] ?? null;
    if (!is_string($level) || !isset(Sudoku::LEVELS[$level]) || !is_int($number) || $puzzle === null || !is_array($typed)) {
        return null;
    }
    $cells = $puzzle;
    foreach ($cells as $cell => $given) {
        $text = $typed[$cell] ?? '';
        if ($given === 0 && is_string($text) && preg_match('/^[1-9]$/', $text) === 1) {
            $cells[$cell] = (int) $text;
        }
    }
    $solution = Sudoku::solve($puzzle);
    if ($solution === null) {
        return null;
    }
    $wrong = [];
    foreach ($cells as $cell => $value) {
        if ($value !== 0 && $value !== $solution[$cell]) {
            $wrong[] = $cell;
        }
    }
    $empty = array_keys($cells, 0, true);
    switch ($form['action'] ?? 'check') {
        case 'solve':
            return game($level, $number, $puzzle, $solution, [], null, 'This is the solution.');
        case 'hint':
            $open = $empty !== [] ? $empty : $wrong;
            if ($open === []) {
                return game($level, $number, $puzzle, $cells, [], null, 'Solved! There is nothing left to hint at.');
            }
            $cell = $open[array_rand($open)];
            $cells[$cell] = $solution[$cell];
            $text = sprintf('Row %d, column %d is a %d.', intdiv($cell, 9) + 1, $cell % 9 + 1, $solution[$cell]);
            return game($level, $number, $puzzle, $cells, array_values(array_diff($wrong, [$cell])), $cell, $text);
        default:
            return game($level, $number, $puzzle, $cells, $wrong, null, verdict(count($wrong), count($empty)));
    }
}

function verdict(int $wrong, int $empty): string
{
    if ($wrong > 0) {
        return $wrong === 1 ? 'One number is wrong; it is marked.' : "$wrong numbers are wrong; they are marked.";
    }
    if ($empty > 0) {
        return $empty === 1 ? 'All right so far. One cell to go.' : "All right so far. $empty cells to go.";
    }
    return 'Solved! Well done.';
}

/**
 * @param list<int> $puzzle
 * @param list<int> $cells
 * @param list<int> $wrong
 */
function game(string $level, int $number, array $puzzle, array $cells, array $wrong, ?int $hint, string $message): array
{
    return compact('level', 'number', 'puzzle', 'cells', 'wrong', 'hint', 'message');
}
