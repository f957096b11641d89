<?php

declare(strict_types=1);

/** Entries in MySQL. The database is found through the environment of the service it is wired to (DB_HOST ...). */
final class Guestbook
{
    public const NAME_LENGTH = 60;
    public const TEXT_LENGTH = 1000;
    private const PAGE = 20;

    private ?PDO $connection = null;

    /** @param string $prefix of the variables: the name of the database's service in capitals */
    public function __construct(private readonly string $prefix = 'DB')
    {
    }

    /** Throws when the database does not answer. */
    public function check(): void
    {
        $this->pdo()->query('SELECT 1');
    }

    /**
     * The newest entries first.
     *
     * @param int|null $before only entries older than the one with this number
     * @return array{entries: list<array{id: int, name: string, text: string, node: string, created: string}>, older: ?int}
     */
    public function page(?int $before): array
    {
        $entries = $this->withTable(function (PDO $pdo) use ($before): array {
            $query = $pdo->prepare(
                'SELECT id, name, text, node, created FROM entries WHERE id < :before ORDER BY id DESC LIMIT ' . (self::PAGE + 1),
            );
            $query->execute(['before' => $before ?? PHP_INT_MAX]);
            return $query->fetchAll();
        });
        $more = count($entries) > self::PAGE;
        $entries = array_slice($entries, 0, self::PAGE);
        return ['entries' => $entries, 'older' => $more ? (int) end($entries)['id'] : null];
    }

    public function add(string $name, string $text, string $node): void
    {
        $this->withTable(function (PDO $pdo) use ($name, $text, $node): void {
            $pdo->prepare('INSERT INTO entries (name, text, node) VALUES (:name, :text, :node)')
                ->execute(['name' => $name, 'text' => $text, 'node' => $node]);
        });
    }

    /** Makes the table where it is missing, and tries again; two backends may do so at once. */
    private function withTable(callable $work): mixed
    {
        try {
            return $work($this->pdo());
        } catch (PDOException $exception) {
            if ($exception->getCode() !== '42S02') {
                throw $exception;
            }
        }
        $this->pdo()->exec(
            'CREATE TABLE IF NOT EXISTS entries (
                id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
                name VARCHAR(60) NOT NULL,
                text VARCHAR(1000) NOT NULL,
                node VARCHAR(100) NOT NULL,
                created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
            ) CHARACTER SET utf8mb4',
        );
        return $work($this->pdo());
    }

    private function pdo(): PDO
    {
        if ($this->connection === null) {
            $dsn = sprintf(
                'mysql:host=%s;port=%s;dbname=%s;charset=utf8mb4',
                $this->setting('HOST'),
                $this->setting('PORT'),
                $this->setting('DATABASE'),
            );
            $this->connection = new PDO($dsn, $this->setting('USER'), $this->setting('PASSWORD'), [
                PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
                PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
                PDO::ATTR_EMULATE_PREPARES => false,
                PDO::ATTR_TIMEOUT => 3,
            ]);
        }
        return $this->connection;
    }

    private function setting(string $name): string
    {
        $value = getenv("{$this->prefix}_$name");
        if ($value === false) {
            throw new RuntimeException("{$this->prefix}_$name is not set: is the service wired to a database?");
        }
        return $value;
    }
}
