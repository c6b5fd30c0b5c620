import {SecretApart} from '../../components/secret.js';
import type {Row} from '../engine/apply.js';
import type {Problem} from '../engine/step.js';
import {Trouble} from '../engine/trouble.js';
import {Interrupted} from '../engine/waiting.js';
import {drawApart, type Place} from './apart.js';

type Shown = {readonly row: Row; readonly banner: string | undefined};
/**
 * Shows a secret on a screen that keeps nothing of it, until the person has stored it, gives it up because that can't
 * be noted, or leaves.
 */
export async function showSecret({row, banner}: Shown, revealed: () => Promise<void>, place: Place): Promise<void> {
	const values = Object.entries(row).map(([label, value]) => ({label, value}));
	const noting = notedFirst(revealed);
	const how = await drawApart<'stored' | 'given up'>(
		({end, wipe}) => (
			<SecretApart
				seat={place.seat}
				values={values}
				banner={banner}
				onReveal={noting.reveal}
				onCopy={it => place.copy(it)}
				onStored={() => end('stored')}
				onGiveUp={() => end('given up')}
				onLeave={() => place.leaving.interrupt()}
				onHide={wipe}
			/>
		),
		place,
	);
	if (how === 'given up') throw noting.trouble();
	if (how === 'left') throw new Interrupted();
}

/** Notes once that a secret is shown, before it is; what hindered that. */
function notedFirst(revealed: () => Promise<void>) {
	let noted = false;
	let trouble: unknown;
	const reveal = async (): Promise<Problem | undefined> => {
		try {
			if (!noted) await revealed();
			noted = true;
			return undefined;
		} catch (error) {
			trouble = error;
			if (error instanceof Trouble) return error.problem;
			return {
				is: 'problem',
				what: "That it is shown can't be recorded",
				why: error instanceof Error ? error.message : String(error),
				todo: 'Mend that',
			};
		}
	};
	return {reveal, trouble: () => trouble};
}
