import {accessSync, constants} from 'node:fs';
import {tmpdir} from 'node:os';

/**
 * Where homes of tests stand: in memory where that is possible, for a test ends a process, not the machine, so that
 * nothing has to wait for a disk.
 */
export const memory: string = ((): string => {
	const shared = process.env['NPS_KMS_TEST_MEMORY'] ?? '/dev/shm';
	try {
		accessSync(shared, constants.W_OK);
		return process.platform === 'linux' ? shared : tmpdir();
	} catch {
		return tmpdir();
	}
})();
