import {listedBy, listedOn} from '../../aws/rules/security-controls.js';
import type {Left} from '../../engine/outcome.js';
import {knownFor} from '../../engine/record.js';
import {openStore} from '../../local/record-store.js';
import {setupsDir} from '../../local/state-folder.js';
import {explain} from '../../run/explain.js';
import {listenForLeaving} from '../../run/leaving.js';
import type {Run} from '../../run/run.js';
import {type ControlNow, controlsNow} from '../../steps/looks/controls-now.js';
import {looking} from '../looking.js';

/** Which controls hold for what a setup made, when that was looked at, and by which list. */
export type Compliance = {
	readonly lookedAt: string;
	readonly listedOn: string;
	readonly listedBy: readonly string[];
	readonly controls: readonly ControlNow[];
};

/** Looks at AWS which controls hold; undefined where no setup stands under that name. Changes nothing. */
export async function lookAtCompliance(run: Run, endNow: (how: Left) => void): Promise<Compliance | undefined> {
	const {options, env} = run;
	if (openStore(setupsDir(env, options.sandbox), options.setup).entries().length === 0) return undefined;
	const leaving = listenForLeaving(endNow);
	leaving.onHeard(() => endNow(leaving.heard() ?? 'interrupted'));
	try {
		return await looking(run, leaving, async ({recorded, answers, account, look, connection, thisRun}) => {
			const {facts} = recorded;
			const {at: now} = connection.clock.now();
			const known = knownFor('', {...recorded, answers}, {...thisRun, now}, {facts: account});
			const reason = (error: unknown): string => {
				const {what, why} = explain(error, {facts, run: thisRun});
				return `${what}: ${why}`;
			};
			const controls = await controlsNow(look, known, reason);
			return {lookedAt: connection.clock.now().at, listedOn, listedBy, controls};
		});
	} finally {
		leaving.stop();
	}
}
