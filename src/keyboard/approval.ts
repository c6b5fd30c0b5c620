import type {Clock} from './clock.js';

/** How long, in milliseconds, something has to stand readable before it can be approved, and a key has to be alone. */
const [readable, alone] = [500, 150];
/** What is told where a key came too early to approve. */
export const tooEarly = 'keys typed ahead were dropped';

/**
 * Tells a yes from a key that was typed ahead, held down or pasted: what it approves has stood whole for half a second,
 * and no other key came shortly before or after it.
 */
export class Approval {
	#what: string | undefined;
	#read = false;
	#quiet = true;
	#alone = true;
	#forget = {reading: nothing, quiet: nothing};
	/** Takes back the yes that is still to be given. */
	#dropped = nothing;

	constructor(readonly clock: Clock) {}

	/** What can be approved is whole on the screen from now on; undefined: nothing is. */
	stands(what: string | undefined): void {
		if (what === this.#what) return;
		this.#what = what;
		this.#read = false;
		this.#forget.reading();
		this.#dropped();
		this.#dropped = nothing;
		if (what !== undefined) this.#forget.reading = this.clock.after(readable, () => (this.#read = true));
	}

	/** What stood was gone from the screen meanwhile, and is drawn again. */
	again(): void {
		const what = this.#what;
		this.stands(undefined);
		this.stands(what);
	}

	/** Any key or paste came; it is told before anything answers it. */
	heard(): void {
		this.#alone = this.#quiet;
		this.#quiet = false;
		this.#dropped();
		this.#dropped = nothing;
		this.#forget.quiet();
		this.#forget.quiet = this.clock.after(alone, () => (this.#quiet = true));
	}

	/** The key just heard approves what stands: yes once no other followed it, dropped where it came too early. */
	give(yes: () => void, dropped: () => void): void {
		if (!this.#read || !this.#alone) {
			dropped();
			return;
		}
		const forget = this.clock.after(alone, () => {
			this.#dropped = nothing;
			yes();
		});
		this.#dropped = () => {
			forget();
			dropped();
		};
	}
}
const nothing = (): void => undefined;
