import {Option} from 'commander';
import {asciiJson, visible} from '../../engine/control-characters.js';
import type {Outcome} from '../../engine/outcome.js';
import type {Flags} from '../../run/run.js';
import type {Command, Host} from '../command.js';

/** Tells how this machine reaches AWS. */
export const doctorCommand: Command = {
	name: 'doctor',
	says: 'tells how this machine reaches AWS, and what mends what is wrong; changes nothing',
	examples: [
		['nps-kms doctor --profile prod', 'the way to AWS with that profile'],
		['nps-kms doctor --from-nps eu-west-1', 'on the NPS server, without credentials'],
	],
	ends: {done: 'nothing here would stop a run', stopped: 'something would'},
	flags: () => [
		new Option('--profile <name>', 'the profile to look at; without it, what the AWS CLI would use'),
		new Option('--region <region>', 'the region to look at'),
		new Option('--from-nps <region>', 'on the NPS server: only the way to KMS of that region, without credentials'),
		new Option('--mfa-code <code>', 'the code that the MFA device of the profile shows now'),
		new Option('--json', 'one JSON object on stdout'),
	],
	run: doctor,
};

/** Looks, and says what it found. Stopped if anything would stop a run. */
async function doctor(flags: Flags, {env, lines, version}: Host): Promise<Outcome> {
	const {examine, examineFromNps} = await import('../../run/examination.js');
	const {whereCopies} = await import('../../front/clipboard.js');
	const given = (name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined);
	const fromNps = given('fromNps');
	const findings = await (fromNps === undefined
		? examine({
				env,
				version,
				profile: given('profile'),
				region: given('region'),
				mfaCode: given('mfaCode'),
				clipboard: whereCopies(env, process.platform),
			})
		: examineFromNps(fromNps, env));
	const ok = findings.every(it => it.is !== 'wrong');
	if (flags['json']) lines.out(asciiJson({v: 1, type: 'doctor', ok, findings}));
	else {
		await lines.foldable();
		for (const {is, name, says, todo} of findings) {
			lines.out(visible(`${{right: '✔', wrong: '✖', note: '·'}[is]} ${name}: ${says}`));
			if (todo) lines.out(visible(`    ${todo}`));
		}
		lines.out(ending(ok, fromNps));
	}
	return ok ? 'done' : 'stopped';
}

/** What it comes to; on the NPS server for who never ran this program. */
function ending(ok: boolean, fromNps: string | undefined): string {
	if (fromNps !== undefined)
		return ok
			? `This machine reaches KMS in ${fromNps}. NPS runs as its own user: see that its proxy settings are the same.`
			: `NPS could not use its KMS key from here: what is marked ✖ stands in the way to KMS in ${fromNps}.`;
	return ok ? 'Nothing here would stop a run.' : 'What is marked ✖ would stop a run.';
}
