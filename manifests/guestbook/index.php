<?php

declare(strict_types=1);

/** Front controller: /health for the platform, and the book. */

require __DIR__ . '/lib/Guestbook.php';

$node = getenv('CONPAAS_NODE') ?: 'this computer';
$path = parse_url($_SERVER['REQUEST_URI'] ?? '/', PHP_URL_PATH) ?: '/';
$book = new Guestbook();

header('X-Content-Type-Options: nosniff');
header('Referrer-Policy: same-origin');
header('Cache-Control: no-store');
header("X-Backend: $node");

try {
    match ($path) {
        '/health' => health($book),
        '/', '/index.php' => $_SERVER['REQUEST_METHOD'] === 'POST' ? sign($book, $node) : show($book, $node),
        default => answer(404, 'There is no such page.'),
    };
} catch (PDOException | RuntimeException $exception) {
    // The log has the details; visitors get no addresses and no SQL.
    error_log('guestbook: ' . $exception->getMessage());
    answer(503, 'The guestbook cannot reach its database right now. Try again in a moment.');
}

function answer(int $status, string $text): void
{
    http_response_code($status);
    header('Content-Type: text/plain; charset=utf-8');
    echo $text, "\n";
}

function health(Guestbook $book): void
{
    $book->check();
    answer(200, 'ok');
}

function show(Guestbook $book, string $node): void
{
    openSession();
    $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
    $token = $_SESSION['token'] ??= bin2hex(random_bytes(16));
    $name = $_SESSION['name'] ?? '';
    $visits = $_SESSION['visits'];
    $note = $_SESSION['note'] ?? '';
    $draft = $_SESSION['draft'] ?? '';
    unset($_SESSION['note'], $_SESSION['draft']);
    session_write_close();
    $before = filter_var($_GET['before'] ?? null, FILTER_VALIDATE_INT, ['options' => ['min_range' => 1]]);
    ['entries' => $entries, 'older' => $older] = $book->page(is_int($before) ? $before : null);
    header("Content-Security-Policy: default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    header('Content-Type: text/html; charset=utf-8');
    require __DIR__ . '/lib/page.php';
}

/** Takes an entry and sends the browser back to the book, so that reloading does not sign twice. */
function sign(Guestbook $book, string $node): void
{
    openSession();
    $sent = is_string($_POST['token'] ?? null) ? $_POST['token'] : '';
    if (!isset($_SESSION['token']) || !hash_equals($_SESSION['token'], $sent)) {
        answer(403, 'This form has expired. Go back, reload the page and try again.');
        return;
    }
    $name = tidy($_POST['name'] ?? '');
    $text = tidy($_POST['text'] ?? '');
    $problem = match (true) {
        $name === '' => 'Please tell your name.',
        mb_strlen($name) > Guestbook::NAME_LENGTH => 'This name is too long.',
        $text === '' => 'Please write something.',
        mb_strlen($text) > Guestbook::TEXT_LENGTH => 'This is too long for the book.',
        default => null,
    };
    if ($name !== '' && mb_strlen($name) <= Guestbook::NAME_LENGTH) {
        $_SESSION['name'] = $name;
    }
    if ($problem === null) {
        $book->add($name, $text, $node);
    } else {
        $_SESSION['draft'] = mb_substr($text, 0, 2 * Guestbook::TEXT_LENGTH);
    }
    $_SESSION['note'] = $problem ?? 'Thank you for signing!';
    session_write_close();
    header('Location: ./', true, 303);
}

function tidy(mixed $text): string
{
    if (!is_string($text) || !mb_check_encoding($text, 'UTF-8')) {
        return '';
    }
    return trim(str_replace("\r\n", "\n", $text));
}

function openSession(): void
{
    session_start([
        'name' => 'guestbook',
        'cookie_httponly' => true,
        'cookie_samesite' => 'Lax',
        'cookie_secure' => ($_SERVER['HTTPS'] ?? '') === 'on',
        'use_strict_mode' => true,
    ]);
}
