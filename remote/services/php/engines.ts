/** Where distributions put PHP: 8.2 in Debian 12, 8.3 in Ubuntu 24.04. */
import { findExecutable } from '../../core/service/engines.ts';

export const phpFpm = '/usr/sbin/php-fpm*';
export const phpCommand = '/usr/bin/php*';

/** The newest that is there. What a node starts was checked before to be: should it be gone since, its start fails. */
export const installed = (pattern: typeof phpFpm | typeof phpCommand): string => findExecutable(pattern) ?? pattern;
