/**
 * Program (PHP, as that is there on every backend) that takes files over from one code tree to the next. It runs as the
 * role's user in its sandbox: the trees are under the control of hosted code, the agent's own rights must not be used
 * there. A file counts as written by pages if the version did not bring it, or if it was changed since; a file that
 * the new version brings changed wins over one that pages changed.
 */
export const carryScript = `<?php
[, $oldShared, $oldTree, $newShared, $newTree] = $argv;

function same(string $a, string $b): bool {
    return filesize($a) === filesize($b) && sha1_file($a) === sha1_file($b);
}

function carry(string $path): void {
    global $oldShared, $oldTree, $newShared, $newTree;
    foreach (scandir($oldTree . $path) ?: [] as $name) {
        if ($name === '.' || $name === '..') continue;
        $file = $path . '/' . $name;
        $from = $oldTree . $file;
        $to = $newTree . $file;
        $brought = $oldShared . $file;
        if (is_link($from)) {
            if (!is_link($brought) && !file_exists($to) && !is_link($to)) symlink(readlink($from), $to);
        } elseif (is_dir($from)) {
            // A folder of the old version alone that nothing was written to is not taken along.
            $made = false;
            if (!is_dir($to)) {
                if (file_exists($to) || is_link($to)) continue;
                $made = mkdir($to, fileperms($from) & 0777);
            }
            carry($file);
            if ($made && is_dir($brought)) @rmdir($to);
        } elseif (is_file($from)) {
            if (file_exists($to) && fileinode($from) === fileinode($to)) continue;
            if (is_file($brought)) {
                if (filesize($from) === filesize($brought) && filemtime($from) === filemtime($brought)) continue;
                $new = $newShared . $file;
                if (!is_file($new) || !same($brought, $new) || same($from, $brought)) continue;
                // Unchanged since in the new tree? Then what pages made of it in the old one goes on.
                if (is_file($to) && !same($to, $new)) continue;
                $temporary = $to . '.conpaas-' . getmypid();
                link($from, $temporary) && rename($temporary, $to);
            } elseif (!file_exists($to) && !is_link($to)) {
                link($from, $to);
            }
        }
    }
}

carry('');
`;
