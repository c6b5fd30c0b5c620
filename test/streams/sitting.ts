import {vi} from 'vitest';
import type {Course} from '../../src/engine/course.js';
import {fold} from '../../src/engine/record.js';
import type {Front, Ports} from '../../src/engine/run.js';
import type {Scene} from '../../src/engine/scene.js';
import type {Answers} from '../../src/engine/step.js';
import {choicesOf} from '../../src/engine/to-do.js';
import type {Asking} from '../../src/front/asking.js';
import {Scenes} from '../../src/front/run-as-scenes.js';
import {onScreens} from '../../src/front/screens.js';
import {type Leaving, listenForLeaving} from '../../src/run/leaving.js';
import {canary} from '../fake/aws.js';
import {boot, copyOf, type Ended, type World} from '../fake/ports.js';
import {leftBehind, type Size} from '../terminal/terminal.js';
import type {Deed} from './deeds.js';
import {Emulated} from './emulated.js';
import {Witness} from './witness.js';

/** From where a course is played. */
export type Start = {readonly name: string; readonly course: Course; readonly world: World; readonly answers?: Answers};

/** A person before a course in a terminal, in this process and in a time of its own. */
export class Sitting {
	readonly terminal: Emulated;
	readonly witness: Witness;
	readonly world: World;
	readonly #leaving: Leaving;
	readonly #secrets: string[] = [];
	#asking: Asking | undefined;
	#scene: Scene | undefined;
	#ended: Ended | Error | undefined;
	#now = false;

	constructor(start: Start, size: Size) {
		this.terminal = new Emulated(size);
		this.witness = new Witness(this.terminal);
		this.world = copyOf(start.world);
		this.#leaving = listenForLeaving(() => (this.#now = true));
		const front = (ports: Ports): Front => this.#front(start.course, ports);
		const hears = {asked: this.witness.sent.bind(this.witness), done: () => undefined};
		void boot(this.world, {course: start.course, ...(start.answers && {answers: start.answers}), hears, front}).then(
			it => (this.#ended = it),
			(error: unknown) => (this.#ended = error instanceof Error ? error : new Error(String(error))),
		);
	}
	get over(): boolean {
		return this.#ended !== undefined || this.#now;
	}
	get complete(): boolean {
		return this.#ended !== undefined && 'ending' in this.#ended && this.#ended.ending?.status === 'complete';
	}

	#front(course: Course, ports: Ports): Front {
		const asking = onScreens(this.terminal)(this.#leaving);
		this.#asking = asking;
		ports.leaving = () => this.#leaving.heard() !== undefined;
		const draw: Asking['draw'] = (scene, receipts) => {
			if (scene.phase !== this.#scene?.phase) this.witness.asked();
			this.#scene = scene;
			asking.draw(scene, receipts);
		};
		const deliver: NonNullable<Asking['deliver']> = async (row, revealed) => {
			this.#secrets.push(...Object.values(row).filter(it => it.startsWith(canary)));
			await asking.deliver?.(row, revealed);
			this.witness.stored();
		};
		const person = {draw, deliver, ask: asking.ask.bind(asking), secret: asking.secret?.bind(asking)};
		const from = {course, look: ports.look, thisRun: ports.run, state: () => fold(this.world.record)};
		const scenes = new Scenes(from, person as Asking);
		this.#leaving.onHeard(() => scenes.left());
		return {
			show: it => scenes.show(it),
			...(scenes.deliver && {deliver: scenes.deliver}),
			secret: it => scenes.secret(it),
			decide: async (wizard, step, known) => {
				const event = await scenes.decide(wizard, step, known);
				this.witness.answered(this.#scene, event);
				return event;
			},
		};
	}

	/** Does that, and looks whether nothing typed was lost. */
	async does(deed: Deed): Promise<void> {
		switch (deed.is) {
			case 'go on':
				return this.#goesOn();
			case 'wait':
				return this.terminal.pass(deed.ms);
			case 'keys':
				for (const it of deed.pieces) await this.#types(it, deed.apart);
				return;
			case 'types':
				return this.#keeps(deed.text, async () => this.#types(deed.text, 200));
			case 'talk':
				return this.#keeps('', async () => {
					for (const it of deed.pieces) {
						this.terminal.send(it);
						await this.terminal.pass(deed.apart);
					}
					await this.terminal.pass(200);
				});
			case 'resize':
				return this.#keeps('', async () => {
					for (const it of deed.to) {
						this.terminal.resize(it);
						await this.terminal.pass(20);
					}
					await this.terminal.pass(200);
				});
			case 'signal':
				process.emit(deed.signal);
				return this.terminal.pass(60);
		}
	}
	async #types(text: string, wait: number): Promise<void> {
		this.witness.typed(text);
		this.terminal.send(text);
		await (wait > 0 ? this.terminal.pass(wait) : this.terminal.settle());
	}

	/** One key at rest, which leads on from here. */
	async #goesOn(): Promise<void> {
		await this.terminal.pass(720);
		const {screen} = this.terminal;
		const {phase} = this.#scene ?? {};
		const word = /type (\S+) and press Enter/.exec(screen.replaceAll(/\s+/g, ' '))?.[1];
		if (screen.includes('Type it:') && word && !screen.includes(`${word}▌`)) await this.#types(word, 720);
		const way = phase?.at === 'stopped' ? choicesOf(phase.problem)[0]?.key : undefined;
		const key = screen.includes('I have stored it')
			? 's'
			: screen.includes('v reveal')
				? 'v'
				: screen.includes('▸ Secret:')
					? '\u001B[27u'
					: (way ?? '\r');
		await this.#types(key, 220);
	}

	/** Whether the field in sight holds that text more, and no other, once something is done at rest. */
	async #keeps(more: string, act: () => Promise<void>): Promise<void> {
		// What was begun before ends by itself.
		await this.terminal.pass(600);
		const before = fieldOf(this.terminal.screen);
		await act();
		const after = fieldOf(this.terminal.screen);
		// In less width than that, it is only kept.
		if (this.terminal.buffer.cols < 40) return;
		if (!before || !after || labelOf(before) !== labelOf(after) || `${before}${after}`.includes('…')) return;
		if (after !== before + more) this.witness.wrong.push(`after ${JSON.stringify(more)}, ${before} is ${after}`);
	}

	/** Leaves, if that is still to be done, and says what is wrong by now. */
	async leaves(): Promise<readonly string[]> {
		const {witness, terminal} = this;
		for (let times = 0; !this.over && times < 2; times++) await this.#types('\u0003', 700);
		if (!this.over) witness.wrong.push(`Ctrl+C leads nowhere:\n${terminal.screen}`);
		await this.#asking?.end();
		await terminal.settle();
		this.#leaving.stop();
		for (const it of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(it);
		if (this.#ended instanceof Error) witness.wrong.push(String(this.#ended.stack));
		for (const it of leftBehind(terminal.bytes)) witness.wrong.push(`left behind: ${it}`);
		if (terminal.raw) witness.wrong.push('left behind: raw mode');
		if (process.listenerCount('SIGTSTP') + process.listenerCount('SIGCONT') > 0)
			witness.wrong.push('still hears stops');
		const {cells} = terminal;
		for (const secret of this.#secrets)
			for (let at = 0; at + 4 <= canary.length; at++)
				if (cells.includes(secret.slice(at, at + 4))) witness.wrong.push(`${secret.slice(at, at + 4)} is still there`);
		terminal.buffer.dispose();
		return witness.wrong;
	}
}

/** The line with the caret, up to it; above the last rule, something of an older frame may be left after a resize. */
const fieldOf = (screen: string): string | undefined =>
	/^(.*)▌/m
		.exec(screen.slice(Math.max(0, screen.lastIndexOf('──'))))?.[1]
		?.trimStart()
		.replace(/:\s+/, ': ');
const labelOf = (field: string): string => field.slice(0, field.indexOf(':') + 1);

/** Time stands still but when it is told to pass; this process can't be stopped. */
export function standStill(): void {
	vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date']});
	vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
		if (signal === 'SIGTSTP' && pid === 0) process.emit('SIGTSTP');
		else if (signal === 'SIGTSTP') process.emit('SIGCONT');
		return true;
	});
}
