import {keyOf} from '../src/engine/keys.js';
import {commandsOf, coversInWords, type Scene} from '../src/engine/scene.js';
import type {Page} from '../src/engine/step.js';
import type {TextLine} from './text-lines.js';

/** A page as it is drawn, with what is copied from it. */
export type Drawn = Page & {readonly drawn: readonly TextLine[]};

/** All that can be read over the current screen, each by its key. */
export function pagesOf(scene: Scene): readonly Drawn[] {
	const {step, changes, shell, ahead = [], pages} = scene;
	const {guide, name} = step;
	const commands: Page = {key: keyOf('commands'), label: 'commands', lines: commandsOf(scene)};
	return [
		...(changes.length > 0
			? [{...commands, drawn: [...drawn([...ahead, `The same from ${shell}:`]), ...drawn(commands.lines)]}]
			: []),
		...pages.map(it => ({...it, drawn: drawn(it.lines)})),
		{
			key: keyOf('guide'),
			label: 'guide',
			lines: guide.links,
			drawn: [
				{text: `   ${name} ${coversInWords(guide)}.`},
				...drawn(guide.text),
				...guide.links.map((it): TextLine => ({text: `   ${it}`, tone: 'dim'})),
			],
		},
	];
}

/** Lines as they are; those of a difference in its colours. */
const drawn = (lines: readonly string[]): readonly TextLine[] =>
	lines.map(it => ({
		text: `   ${it}`,
		tone: it.startsWith('- ') ? ('bad' as const) : it.startsWith('+ ') ? ('good' as const) : undefined,
	}));
