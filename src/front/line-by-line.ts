import {setTimeout as sleep} from 'node:timers/promises';
import type {Event} from '../engine/wizard.js';
import {askNumber, Plain} from '../plain/plain.js';
import {talkOver} from '../plain/talk.js';
import {hearHangUp, type Line} from '../run/hang-up.js';
import type {Chosen, MakeAsking} from './asking.js';

type Streams = {readonly stdin: NodeJS.ReadableStream; readonly stdout?: Line['stdout']; write(text: string): void};

/** For so long, in milliseconds, a look may keep the first question waiting. */
const patienceMs = 1500;
const soon = (): Promise<undefined> => sleep(patienceMs, undefined, {ref: false});

/** Asks line by line. */
export const inLines = ({stdin, stdout, write}: Streams): MakeAsking => {
	// Who leaves home for another setup, or takes this one back, is answered by the lines that follow.
	const lines: string[] = [];
	return leaving => {
		const forgetLine = stdout && hearHangUp({stdin, stdout}, leaving);
		const talk = talkOver(stdin, write, lines);
		const plain = new Plain(talk);
		/** A question ends when leaving is heard. */
		const orLeaving = async <T>(answer: Promise<T>, left: T): Promise<T> => {
			let forget: (() => void) | undefined;
			const heard = new Promise<T>(done => (forget = leaving.onHeard(() => done(left))));
			try {
				return await Promise.race([answer, heard]);
			} finally {
				forget?.();
			}
		};
		return {
			draw: (scene, receipts) => plain.draw(scene, receipts),
			ask: scene => orLeaving<Event>(plain.ask(scene), {type: 'quit'}),
			secret: it => orLeaving<string | undefined>(plain.secret(it), undefined),
			async home({lines, options, nameRule, beside = [], coming}) {
				for (const it of lines) talk.say(it);
				// A line that came later would stand in the middle of an answer.
				const seen = coming && (await orLeaving(Promise.race([coming, soon()]), undefined));
				for (const it of seen ?? []) if (!lines.includes(it)) talk.say(it);
				const all = [...options.map(it => ({label: it.label, value: it.value})), {label: 'quit', value: 'quit'}];
				const chosen = await orLeaving(askNumber('What now?', all, talk), 'quit');
				if (chosen === 'quit') return {quit: true};
				if (chosen !== 'another') return {chosen};
				for (const it of beside) talk.say(it);
				for (;;) {
					const name = await orLeaving<string | undefined>(talk.ask('Name of the other setup:'), undefined);
					if (name === undefined) return {quit: true};
					const rule = nameRule(name);
					if (rule === undefined) return {setup: name} satisfies Chosen;
					talk.say(`  ${rule}`);
				}
			},
			async end() {
				talk.close();
				forgetLine?.();
			},
		};
	};
};
