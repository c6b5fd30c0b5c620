import type {Clock} from './clock.js';

/**
 * How long, in milliseconds, something has to stand readable before it can be approved, and a key has to be alone: half
 * a second, and as long as it may take to be drawn.
 */
const [readable, alone] = [550, 150];
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
	#forget = {reading: nothing, quiet: nothing, page: nothing};
	#pageRead: (() => void) | undefined;
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
		this.page(this.#pageRead);
	}

	/** A part of what can be approved is on the screen from now on; calls `read` once it stood as long as the whole. */
	page(read: (() => void) | undefined): void {
		this.#pageRead = read;
		this.#forget.page();
		this.#forget.page = read ? this.clock.after(readable, read) : nothing;
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
