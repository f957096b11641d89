<?php

declare(strict_types=1);

/** An application for tests: says which version and node answered, and counts what was done how often. */

require __DIR__ . '/version.php';

$path = parse_url($_SERVER['REQUEST_URI'] ?? '/', PHP_URL_PATH) ?: '/';
$answer = match (true) {
    $path === '/health' => ['health' => 'ok'],
    $path === '/post' && $_SERVER['REQUEST_METHOD'] === 'POST' => post((string) ($_GET['id'] ?? '')),
    $path === '/posts' => ['posts' => posts()],
    $path === '/visit' => ['visits' => visit()],
    $path === '/environment' => ['environment' => getenv((string) ($_GET['name'] ?? ''))],
    $path === '/' => work(),
    default => http_response_code(404) ? ['error' => 'no such page'] : [],
};
header('Content-Type: application/json');
header('Cache-Control: no-store');
echo json_encode($answer + ['version' => VERSION, 'node' => getenv('CONPAAS_NODE'), 'pid' => getmypid()]), "\n";

/** A page of a few milliseconds. */
function work(): array
{
    usleep(3000);
    return ['id' => $_GET['id'] ?? null];
}

/** Done twice, it is there twice. */
function post(string $id): array
{
    $database = database();
    $database->exec('CREATE TABLE IF NOT EXISTS posts (number BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(40) NOT NULL)');
    $insert = $database->prepare('INSERT INTO posts (id) VALUES (?)');
    $insert->execute([$id]);
    return ['posted' => $id];
}

/** @return array<string, int> how often each was done */
function posts(): array
{
    try {
        return database()->query('SELECT id, COUNT(*) FROM posts GROUP BY id')->fetchAll(PDO::FETCH_KEY_PAIR);
    } catch (PDOException $error) {
        if ($error->getCode() === '42S02') return []; // there is no such table yet
        throw $error;
    }
}

function visit(): int
{
    session_start();
    return $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
}

function database(): PDO
{
    return new PDO(
        sprintf('mysql:host=%s;port=%s;dbname=%s', getenv('DB_HOST'), getenv('DB_PORT'), getenv('DB_DATABASE')),
        getenv('DB_USER') ?: null,
        getenv('DB_PASSWORD') ?: null,
        [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => false],
    );
}
