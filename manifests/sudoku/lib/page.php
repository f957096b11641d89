<?php

declare(strict_types=1);

/** The page; expects $game as made by game() in index.php. */

/** @var array{level: string, number: int, puzzle: list<int>, cells: list<int>, wrong: list<int>, hint: ?int, message: string} $game */

$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
$node = getenv('CONPAAS_NODE') ?: 'this computer';
header('Content-Type: text/html; charset=utf-8');
?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sudoku <?= $game['number'] ?></title>
<link rel="stylesheet" href="style.css">
<script src="game.js" defer></script>
</head>
<body>
<main>
<h1>Sudoku</h1>
<p id="message" role="status"><?= $escape($game['message']) ?></p>
<form method="post" action="./" id="game" autocomplete="off">
<input type="hidden" name="level" value="<?= $game['level'] ?>">
<input type="hidden" name="number" value="<?= $game['number'] ?>">
<input type="hidden" name="puzzle" value="<?= Sudoku::write($game['puzzle']) ?>">
<table aria-describedby="message">
<caption class="unseen">Nine rows of nine cells</caption>
<tbody>
<?php for ($row = 0; $row < 9; $row++) : ?>
<tr>
    <?php for ($column = 0; $column < 9; $column++) : ?>
        <?php
        $cell = $row * 9 + $column;
        $value = $game['cells'][$cell] === 0 ? '' : (string) $game['cells'][$cell];
        $given = $game['puzzle'][$cell] !== 0;
        $wrong = in_array($cell, $game['wrong'], true);
        $class = $given ? 'given' : ($game['hint'] === $cell ? 'hint' : '');
        ?>
<td><input name="cells[<?= $cell ?>]" value="<?= $value ?>" class="<?= $class ?>" inputmode="numeric" maxlength="1" pattern="[1-9]" aria-label="Row <?= $row + 1 ?>, column <?= $column + 1 ?>"<?= $given ? ' readonly' : '' ?><?= $wrong ? ' aria-invalid="true"' : '' ?>></td>
    <?php endfor ?>
</tr>
<?php endfor ?>
</tbody>
</table>
<p class="buttons">
<button name="action" value="check">Check</button>
<button name="action" value="hint">Hint</button>
<button name="action" value="solve">Solve</button>
</p>
</form>
<form method="get" action="./" class="buttons">
<label for="level">Level</label>
<select name="level" id="level">
<?php foreach (array_keys(Sudoku::LEVELS) as $level) : ?>
<option value="<?= $level ?>"<?= $level === $game['level'] ? ' selected' : '' ?>><?= ucfirst($level) ?></option>
<?php endforeach ?>
</select>
<button>New puzzle</button>
<a href="./?level=<?= $game['level'] ?>&amp;number=<?= $game['number'] ?>">Start this one again</a>
</form>
</main>
<footer>Answered by <strong><?= $escape($node) ?></strong></footer>
</body>
</html>
