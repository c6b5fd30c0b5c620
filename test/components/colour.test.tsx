import {beforeAll, expect, test, vi} from 'vitest';
import {create, plan, scene, seen} from './step-scenes.js';

// Colour is decided when chalk is loaded.
vi.hoisted(() => {
	process.env['FORCE_COLOR'] = '1';
});
let frame = '';
beforeAll(async () => {
	const {render} = await import('ink-testing-library');
	const {default: StepScreen} = await import('../../components/step-screen.js');
	frame =
		render(
			<StepScreen
				scene={scene({at: 'review', plan}, {changes: [seen(create)]})}
				size={{width: 60, height: 13}}
				onEvent={() => undefined}
				onSecret={() => undefined}
				onCopy={async () => true}
				onLeave={() => undefined}
			/>,
		).lastFrame() ?? '';
});

test('colour adds to glyphs and words and takes none away', () => {
	expect(frame).toContain('\u001B[32m   + create policy NPS_KMS_Policy\u001B[39m');
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours' own sequences
	expect(frame.replaceAll(/\u001B\[\d+m/g, '')).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   + create policy NPS_KMS_Policy
		 
		 ↵ apply   c commands   ? guide   esc back   q save and quit"
	`);
});
