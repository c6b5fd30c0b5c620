import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Text} from './text.js';

type Props = {readonly small: boolean; readonly width: number; readonly children: ReactNode};
/** A screen where there is room for it; where there isn't, nothing of it is seen and all of it is kept. */
export function Fitting({small, width, children}: Props): ReactNode {
	return (
		<Box flexDirection="column" width={width}>
			{small && <Text wrap="truncate">Enlarge this window</Text>}
			<Box flexDirection="column" display={small ? 'none' : 'flex'}>
				{children}
			</Box>
		</Box>
	);
}
