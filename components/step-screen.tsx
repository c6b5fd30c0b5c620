import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {Scene} from '../src/engine/scene.js';
import type {Confirm} from '../src/engine/step.js';
import {tooEarly} from '../src/keyboard/approval.js';
import {FormView, labelLines} from './field-row.js';
import {Fitting} from './fitting.js';
import type {Form} from './form.js';
import {useStanding} from './keyboard.js';
import {KeyHints, useBindings} from './keyboard-hints.js';
import {pagesOf} from './pages-by-key.js';
import {aboveForm, bodyLines} from './phase-lines.js';
import {type Reading, useReading} from './reading.js';
import {Rule} from './rule.js';
import {Visit} from './sign-in-by-browser.js';
import {confirmOf, keysOf, readingKeysOf} from './step-bindings.js';
import {Rail} from './step-rail.js';
import {type Local, type StepProps, silent, useActs, useLocal, useMotion, useOpen, useStepForm} from './step-state.js';
import {Text} from './text.js';
import TextInput from './text-input.js';
import {Lines, type TextLine, wrapped} from './text-lines.js';
import {isCompact, isRoomy, type Size, tones} from './theme.js';
import {TypedSecret} from './typed-secret.js';

/** The one screen: draws whatever phase the wizard is in. */
export default function StepScreen(props: StepProps): ReactNode {
	const {scene, size} = props;
	const {phase} = scene;
	const id = `${scene.id} ${phase.at}`;
	const [local, put] = useLocal(id);
	const taken = linesAround(size, scene);
	const open = useOpen(props, put, size.height - taken - 2);
	const form = useStepForm(props, open);
	const motion = useMotion(id, ['looking', 'applying', 'checking'].includes(phase.at));
	const pages = pagesOf(scene);
	const page = pages.find(it => it.key === local.overlay);
	const must = local.overlay === 'confirm' ? confirmOf(scene) : undefined;
	const acts = useActs(props, [local, put], open);
	const confirmed = must?.words.includes(local.typed) === true;
	const here = {scene, form, pages, overlay: local.overlay, confirmed, acts};
	const keys = keysOf(here);
	const sticky = local.overlay || scene.sheet.length > 0 || phase.at === 'stopped';
	const lines: readonly TextLine[] = page?.drawn ?? (must ? mustType(must) : bodyLines(scene, motion));
	const body = wrapped(lines, size.width, sticky ? 0 : 4);
	const isForm = phase.at === 'form' && !local.overlay;
	const known = scene.tells !== undefined;
	const read = useReading({
		id: `${id} ${local.overlay} ${known}`,
		lines: body,
		size,
		// The word is typed below what it is asked for.
		taken: taken + (must ? 1 : 0),
		keys,
		whole: keys.some(it => it.approves) || (phase.at === 'stopped' && !page),
		form: isForm ? {lines: formLines(form, size.width), keys: readingKeysOf(here)} : undefined,
		turned: () => put({said: silent}),
		early: () => put({said: {text: tooEarly, tone: 'dim'}}),
	});
	const small = !isRoomy(size);
	const whole = !small && !page && !read.unread && known && phase.at !== 'asking';
	// The answer itself has to stand, too.
	const answer = scene.sheet.length > 0 ? JSON.stringify(form.state.values) : '';
	useStanding(whole ? `${id} ${local.overlay} ${answer} ${size.width}x${size.height}` : undefined);
	useBindings(small ? [] : [...read.bindings, ...read.moving]);
	return (
		<Frame {...props} local={local} read={read} small={small}>
			{read.asks ? <AskedForm form={form} read={read} size={size} /> : <Lines lines={read.lines} />}
			{must && (
				<Box>
					<Text> Type it: </Text>
					<TextInput value={local.typed} focus onChange={typed => put({typed})} />
				</Box>
			)}
		</Frame>
	);
}

type FrameProps = StepProps & {
	readonly local: Local;
	readonly read: Reading;
	readonly small: boolean;
	readonly children: ReactNode;
};
/** What stands around every phase: where the course is, what was said, and the keys. */
function Frame({scene, size, onSecret, local: {said}, read, small, children}: FrameProps): ReactNode {
	const {phase, banner, step} = scene;
	const compact = isCompact(size);
	const asking = phase.at === 'asking' && phase.ask.kind !== 'deliver' ? phase.ask : undefined;
	const room = {...size, height: size.height - (compact ? 1 : 3)};
	const told = (
		<Text wrap="truncate" {...tones[said.tone]}>
			{said.text ? `   ${said.text}` : ' '}
		</Text>
	);
	return (
		<Fitting small={small} width={size.width}>
			{(!compact || banner) && <Rule banner={banner} width={size.width} />}
			{!(compact && banner) && <Rail step={step} width={size.width} />}
			{!compact && !isTight(scene) && <Text> </Text>}
			{asking?.kind === 'visit' && (
				<Visit address={asking.address} code={asking.code} size={room} onGivenUp={() => onSecret(undefined)} />
			)}
			{asking?.kind === 'secret' && (
				<TypedSecret
					key={scene.id}
					label={asking.label}
					why={asking.why}
					size={size}
					taken={linesAround(size, scene) + 1}
					onTyped={onSecret}
				/>
			)}
			{!asking && (
				<Box flexDirection="column">
					{children}
					{(!compact || said.text) && told}
					{!(compact && said.text) && <KeyHints bindings={read.bindings} width={size.width} most={read.hints} />}
				</Box>
			)}
		</Fitting>
	);
}

type AskedProps = Pick<StepProps, 'size'> & {
	readonly form: Form;
	readonly read: Reading;
};
/** A form below what is told of it, cut where there is no room for both. */
function AskedForm({form, read: {lines: body, room}, size}: AskedProps): ReactNode {
	const lines = form.shown.length + (form.focused ? labelLines(form.focused, size.width).length - 1 : 0);
	return (
		<Box flexDirection="column" {...(isCompact(size) && {height: room, overflow: 'hidden'})}>
			<Lines lines={aboveForm(body, room - lines)} />
			<FormView form={form} width={size.width} height={Math.max(form.shown.length > 1 ? 2 : 1, room - body.length)} />
		</Box>
	);
}
/** How many lines a form takes, whichever of its fields has the focus. */
const formLines = (form: Form, width: number): number =>
	form.shown.length + Math.max(0, ...form.shown.map(it => labelLines(it, width).length - 1));
/** How many lines stand around a text, its keys apart. */
const linesAround = (size: Size, scene: Scene): number => (isCompact(size) ? 1 : isTight(scene) ? 3 : 4);
/** The sheet takes the blank line above it, too, so that all of it stands above its question. */
const isTight = ({sheet}: Scene): boolean => sheet.length > 0;

const mustType = ({says, words: [word = '']}: Pick<Confirm, 'words' | 'says'>): readonly TextLine[] => [
	{text: `   ${says} To go on, type ${word} and press Enter.`, tone: 'warn'},
];
