import {execFileSync} from 'node:child_process';
import {renameSync} from 'node:fs';

/**
 * Signs the Windows program if NPS_KMS_SIGN_CERTIFICATE names a PKCS#12 file (its password in the file that
 * NPS_KMS_SIGN_PASSWORD_FILE names, the time stamp server in NPS_KMS_SIGN_TIMESTAMP). Returns whether it did.
 */
export function signed(program, env = process.env) {
	const certificate = env.NPS_KMS_SIGN_CERTIFICATE;
	if (!certificate) return false;
	const password = env.NPS_KMS_SIGN_PASSWORD_FILE;
	const time = env.NPS_KMS_SIGN_TIMESTAMP;
	const whose = ['-pkcs12', certificate, ...(password ? ['-readpass', password] : [])];
	const what = ['-n', 'nps-kms', '-h', 'sha256', ...(time ? ['-ts', time] : [])];
	execFileSync('osslsigncode', ['sign', ...whose, ...what, '-in', program, '-out', `${program}.signed`], {
		stdio: 'pipe',
	});
	renameSync(`${program}.signed`, program);
	return true;
}
