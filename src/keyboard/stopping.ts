/** How a terminal is given to the shell while this program is stopped, and taken again. */
export type Stopping = {handBack(): Promise<void>; takeAgain(): Promise<void>};

/** Hears the wish to stop (Ctrl+Z, SIGTSTP) and to go on (SIGCONT), until it is taken back by what it returns. */
export function hearStop({handBack, takeAgain}: Stopping): () => void {
	let busy = false;
	let left = false;
	/** Gives the terminal back, does that, and takes the terminal again. */
	const around = async (act: () => void): Promise<void> => {
		if (busy) return;
		busy = true;
		// A terminal that is gone can't be given back, nor taken again: its end is heard elsewhere.
		await handBack().catch(() => undefined);
		act();
		// Where nobody could continue it, as without a shell, the system doesn't stop it: it goes on here by itself.
		await new Promise(done => setTimeout(done, 20));
		// A window that changed while the shell had it told the shell alone.
		process.emit('SIGWINCH', 'SIGWINCH');
		await takeAgain().catch(() => undefined);
		busy = false;
	};
	const stop = (): void =>
		void around(() => {
			process.off('SIGTSTP', stop);
			process.kill(process.pid, 'SIGTSTP');
			setImmediate(() => void (left || process.on('SIGTSTP', stop)));
		});
	// Who was stopped by force could hand nothing back: the terminal is as the shell left it.
	const goOn = (): void => void around(() => undefined);
	process.on('SIGTSTP', stop);
	process.on('SIGCONT', goOn);
	return () => {
		left = true;
		process.off('SIGTSTP', stop);
		process.off('SIGCONT', goOn);
	};
}

/** Hears that this program goes on after it was stopped, until it is taken back by what it returns. */
export function hearGoOn(again: () => void): () => void {
	process.on('SIGCONT', again);
	return () => void process.off('SIGCONT', again);
}

/** Stops as Ctrl+Z does: with all that the shell started in one line. */
export function stopHere(): void {
	if (process.platform !== 'win32') process.kill(0, 'SIGTSTP');
}

/** Gives the terminal away until what it returns is called. */
export type Suspend = () => Promise<{resume(): Promise<void>}>;
/** Who draws on the terminal: the screen that came last gives it away when the program is stopped. */
export type Seat = {
	/** A screen takes the terminal, until it gives it up by what this returns. */
	take(suspend: Suspend): () => void;
	/** Whether the terminal is the shell's. */
	isAway(): boolean;
	/** Waits while the terminal is the shell's. */
	held(): Promise<void>;
	/** Ctrl+Z was typed. */
	stop(): void;
	/** Listens no more. */
	leave(): void;
};

/** A seat before this terminal, from now on. */
export function seat(): Seat {
	const screens: Suspend[] = [];
	let given: Awaited<ReturnType<Suspend>> | undefined;
	let away: {readonly over: Promise<void>; end(): void} | undefined;
	const leave = hearStop({
		async handBack() {
			let end = (): void => undefined;
			away = {over: new Promise(done => (end = done)), end};
			given = undefined;
			given = await screens.at(-1)?.();
		},
		async takeAgain() {
			try {
				await given?.resume();
			} finally {
				away?.end();
				away = undefined;
			}
		},
	});
	return {
		take(suspend) {
			screens.push(suspend);
			return () => void screens.splice(screens.indexOf(suspend), 1);
		},
		isAway: () => away !== undefined,
		async held() {
			if (!away) return;
			await away.over;
			// Who stops it once more at once holds it once more.
			await this.held();
		},
		stop: stopHere,
		leave,
	};
}
