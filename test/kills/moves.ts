import {type Flow, paused} from './flows.js';

const common = ['--yes', '--json'];
/** From here on; a time that is told has to come after what was made. */
const begun = Date.now();
const hour = 3_600_000;
const restarted = new Date(begun + hour).toISOString().slice(0, 16);
const day = new Date(begun).toISOString().slice(0, 10);

/** A move of NPS to another setup, in the run that sets the old access key Inactive. */
export const moving: Flow = {
	name: 'moving NPS to a setup in another region',
	flags: ['move-key', ...common, '--services-restarted', restarted],
	calls: /UpdateAccessKey$/,
	writes: 'around calls',
	also: /completed move/,
	async given(arena) {
		await paused('setup', ...common, '--no-prove', '--secret-file', '<HOME>/secret.csv')(arena);
		await paused(
			...['setup', ...common, '--setup', 'berlin', '--region', 'eu-central-1'],
			...['--secret-file', '<HOME>/second.csv'],
		)(arena);
		await paused(
			'move-key',
			...common,
			'--to-setup',
			'berlin',
			'--backed-up',
			day,
			'--backups-expire',
			'2099-12-31',
		)(arena);
		await paused('move-key', ...common, '--nps-rotated', '--override-reason', 'the log of NPS shows it')(arena);
		arena.pass(6 * hour);
	},
};
