<?php
// As much computing as the bench asks for: it has found out how many rounds this machine does in 5 ms.
echo hash_pbkdf2('sha256', 'page', 'bench', max(1, min(10_000_000, (int) ($_GET['rounds'] ?? 1))));
