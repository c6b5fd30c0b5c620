import {Box, useInput, usePaste} from 'ink';
import {createContext, type ReactNode, use, useEffect, useState} from 'react';
import {Approval} from '../src/keyboard/approval.js';
import {type Clock, wallClock} from '../src/keyboard/clock.js';

const Given = createContext<Approval>(new Approval(wallClock));

type Props = {readonly clock?: Clock | undefined; readonly children: ReactNode};
/** What is drawn in it approves by keys; every key and every paste is heard here first. */
export default function Keys({clock = wallClock, children}: Props): ReactNode {
	const [approval] = useState(() => new Approval(clock));
	return (
		<Given value={approval}>
			<Heard by={approval} />
			<Box flexDirection="column">{children}</Box>
		</Given>
	);
}

/** Hears before its later siblings do. That it takes pastes asks the terminal to mark them, on every screen. */
function Heard({by}: {readonly by: Approval}): ReactNode {
	useInput(() => by.heard());
	usePaste(() => by.heard());
	return null;
}

/** What can be approved here, as long as it stands whole on the screen; undefined where nothing can. */
export function useStanding(what: string | undefined): void {
	const approval = use(Given);
	useEffect(() => {
		approval.stands(what);
		return () => approval.stands(undefined);
	}, [approval, what]);
}

/** Takes the yes of the key just heard to what stands; calls `dropped` where it came too early, or with other keys. */
export function useApprove(): (yes: () => void, dropped: () => void) => void {
	const approval = use(Given);
	return (yes, dropped) => approval.give(yes, dropped);
}
