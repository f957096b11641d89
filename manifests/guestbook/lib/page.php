<?php

declare(strict_types=1);

/**
 * The book as a page.
 *
 * @var string $node
 * @var string $name
 * @var string $token
 * @var string $note
 * @var string $draft
 * @var int $visits
 * @var ?int $older
 * @var list<array{id: int, name: string, text: string, node: string, created: string}> $entries
 */

$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Guestbook</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<main>
<h1>Guestbook</h1>
<?php if ($note !== '') : ?>
<p class="note" role="status"><?= $escape($note) ?></p>
<?php endif ?>
<form method="post" action="./">
<input type="hidden" name="token" value="<?= $token ?>">
<label for="name">Your name</label>
<input id="name" name="name" required maxlength="<?= Guestbook::NAME_LENGTH ?>" autocomplete="name" value="<?= $escape($name) ?>">
<label for="text">Your message</label>
<textarea id="text" name="text" rows="3" required maxlength="<?= Guestbook::TEXT_LENGTH ?>"><?= $escape($draft) ?></textarea>
<button>Sign the book</button>
</form>
<h2>Entries</h2>
<?php if ($entries === []) : ?>
<p>Nobody has signed yet. Be the first!</p>
<?php else : ?>
<ol>
    <?php foreach ($entries as $entry) : ?>
<li>
<p class="text"><?= nl2br($escape($entry['text']), false) ?></p>
<p class="by"><strong><?= $escape($entry['name']) ?></strong>, <?= $escape($entry['created']) ?>, through <?= $escape($entry['node']) ?></p>
</li>
    <?php endforeach ?>
</ol>
<?php endif ?>
<?php if ($older !== null) : ?>
<p><a href="./?before=<?= $older ?>">Older entries</a></p>
<?php endif ?>
</main>
<footer>
<p>Answered by <strong id="node"><?= $escape($node) ?></strong>.
<?php if ($visits > 1) : ?>
This is your visit number <span id="visits"><?= $visits ?></span>, whichever backend you met before.
<?php else : ?>
This is your <span id="visits" hidden>1</span>first visit.
<?php endif ?>
</p>
</footer>
</body>
</html>
