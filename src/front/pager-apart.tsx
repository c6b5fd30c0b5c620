import Keys from '../../components/keyboard.js';
import Pager from '../../components/pager.js';
import type {Drawn} from '../../components/pages-by-key.js';
import type {HowRead} from '../../components/step-state.js';
import {visible} from '../engine/control-characters.js';
import {drawApart, type Place} from './apart.js';

/** Shows a page with all the height of the terminal, until it was read. */
export async function showPage(
	{key, label, lines, drawn}: Drawn,
	banner: string | undefined,
	place: Place,
): Promise<HowRead> {
	const how = await drawApart<HowRead>(
		({end}) => (
			<Keys seat={place.seat}>
				<Pager
					title={label.replace(/^./, it => it.toUpperCase())}
					lines={drawn}
					banner={banner}
					opener={key}
					copies={key === '?' ? 'copy the links' : 'copy'}
					onCopy={() => place.copy(lines.map(visible).join('\n'))}
					onWrite={() => end('write')}
					onClose={() => end('closed')}
					onLeave={() => place.leaving.interrupt()}
				/>
			</Keys>
		),
		place,
	);
	return how === 'left' ? 'closed' : how;
}
