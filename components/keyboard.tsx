import {Box, useApp, useInput, usePaste} from 'ink';
import {createContext, type ReactNode, use, useEffect, useRef, useState} from 'react';
import {Approval} from '../src/keyboard/approval.js';
import {type Clock, wallClock} from '../src/keyboard/clock.js';
import type {Seat} from '../src/keyboard/stopping.js';

const Given = createContext<Approval>(new Approval(wallClock));

type Props = {
	readonly clock?: Clock | undefined;
	readonly seat?: Seat | undefined;
	readonly children: ReactNode;
};
/** What is drawn in it approves by keys; every key and every paste is heard here first. */
export default function Keys({clock = wallClock, seat, children}: Props): ReactNode {
	const [approval] = useState(() => new Approval(clock));
	return (
		<Given value={approval}>
			<Heard by={approval} seat={seat} />
			<Box flexDirection="column">{children}</Box>
		</Given>
	);
}

type HeardProps = {readonly by: Approval; readonly seat: Seat | undefined};
/** Hears before its later siblings do. That it takes pastes asks the terminal to mark them, on every screen. */
function Heard({by, seat}: HeardProps): ReactNode {
	const {suspendTerminal} = useApp();
	useInput((input, key) => {
		by.heard();
		if (key.ctrl && input === 'z') seat?.stop();
	});
	usePaste(() => by.heard());
	useEffect(
		() =>
			seat?.take(async () => {
				const {resume} = await suspendTerminal();
				return {
					async resume() {
						await resume();
						by.again();
					},
				};
			}),
		[by, seat, suspendTerminal],
	);
	return null;
}

/** What can be approved here, as long as it stands whole on the screen; undefined where nothing can. */
export function useStanding(what: string | undefined): void {
	const approval = use(Given);
	useEffect(() => {
		if (what === undefined) return undefined;
		approval.stands(what);
		return () => approval.stands(undefined);
	}, [approval, what]);
}

/** Tells that what stood was gone from the screen meanwhile, and is drawn again. */
export function useAgain(): () => void {
	const approval = use(Given);
	return () => approval.again();
}

/** One page of what can be approved, as long as it is on the screen; calls `read` once it could be read. */
export function usePage(page: string | undefined, read: () => void): void {
	const approval = use(Given);
	const latest = useRef(read);
	useEffect(() => {
		latest.current = read;
	});
	useEffect(() => {
		if (page === undefined) return undefined;
		approval.page(() => latest.current());
		return () => approval.page(undefined);
	}, [approval, page]);
}

/** Takes the yes of the key just heard to what stands; calls `dropped` where it came too early, or with other keys. */
export function useApprove(): (yes: () => void, dropped: () => void) => void {
	const approval = use(Given);
	return (yes, dropped) => approval.give(yes, dropped);
}
