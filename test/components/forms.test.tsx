import {expect, test} from 'vitest';
import {framesAt, mountStep, terminals} from './frames.js';
import {forms} from './step-scenes.js';

test('several', async () => {
	const {wide, narrow} = await framesAt(forms.several);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Policy name:    NPS_KMS_Policy▌
		   Description:    (optional, can't be changed later)
		   Tags:           (optional, key=value, with commas between)
		   Console access:   yes ▸ no

		 ↵ go on   tab next field   ? guide   esc back   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Policy name:    NPS_KMS_Policy▌
		   Description:    (optional, can't be changed later)
		   Tags:           (optional, key=value, with commas betwee…
		   Console access:   yes ▸ no

		 ↵ go on   tab next field   ? guide   esc back
		 ^C save and quit"
	`);
});
test('text', async () => {
	const {wide, narrow} = await framesAt(forms.text);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Policy name: NPS_KMS_Policy▌

		 ↵ go on   ? guide   esc back   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Policy name: NPS_KMS_Policy▌

		 ↵ go on   ? guide   esc back   ^C save and quit"
	`);
});
test('one', async () => {
	const {wide, narrow} = await framesAt(forms.one);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Secret goes to: ▸ a file only you can read     the screen, once
		   Secret file:    /home/anna/nps-kms-user_accessKeys.csv

		 ↵ go on   tab next field   space choose   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Secret goes to:
		   ▸ a file only you can read
		     the screen, once
		   Secret file:    /home/anna/nps-kms-user_accessKeys.csv

		 ↑↓ choose   ↵ go on   tab next field   ? guide   esc back
		 q save and quit"
	`);
});
test('many', async () => {
	const {wide, narrow} = await framesAt(forms.many);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Key administrators: none
		                       (optional, type to filter)
		     filter: ▌  30 of 30, none chosen
		     ▸ [ ] u0  user
		       [ ] u1  user
		       [ ] u2  user
		       [ ] u3  user

		 ↑↓ move   space choose   ↵ go on   esc back   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Key administrators: none
		                       (optional, type to filter)
		     filter: ▌  30 of 30, none chosen
		     ▸ [ ] u0  user
		       [ ] u1  user
		       [ ] u2  user

		 ↑↓ move   space choose   ↵ go on   esc back
		 ^C save and quit"
	`);
});
test('many, typed', async () => {
	const {wide, narrow} = await framesAt(forms['many, typed']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Key administrators: arn:aws:iam::111122223333:role/Admin▌
		                       (optional, ARNs, with commas between)

		 ↵ go on   esc back   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Key administrators: arn:aws:iam::111122223333:role/Admin▌
		                       (optional, ARNs, with commas between)

		 ↵ go on   esc back   ^C save and quit"
	`);
});
test('pairs', async () => {
	const {wide, narrow} = await framesAt(forms.pairs);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Tags: team=pam, env=prod▌
		         (optional, key=value, with commas between)

		 ↵ go on   esc back   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Tags: team=pam, env=prod▌
		         (optional, key=value, with commas between)

		 ↵ go on   esc back   ^C save and quit"
	`);
});
test('yes-no', async () => {
	const {wide, narrow} = await framesAt(forms['yes-no']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Console access: ▸ yes   no
		                   (NPS never needs it)

		 ↵ go on   space yes or no   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Console access: ▸ yes   no
		                   (NPS never needs it)

		 ↵ go on   space yes or no   ? guide   esc back
		 q save and quit"
	`);
});
test('place', async () => {
	const {wide, narrow} = await framesAt(forms.place);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Secret file: /home/anna/nps-kms-user_accessKeys.csv▌

		 ↵ go on   esc back   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		 ▸ Secret file: /home/anna/nps-kms-user_accessKeys.csv▌

		 ↵ go on   esc back   ^C save and quit"
	`);
});
test('settled', async () => {
	const {wide, narrow} = await framesAt(forms.settled);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Policy name: NPS_KMS_Policy                                      made already
		   Tags:        none                                                made already

		 ↵ next   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Policy name: NPS_KMS_Policy                  made already
		   Tags:        none                            made already

		 ↵ next   ? guide   esc back   q save and quit"
	`);
});
test('after a problem', async () => {
	const {wide, narrow} = await framesAt(forms['after a problem']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ AWS refused to create policy NPS_KMS_Policy: Your role may not call
		       iam:CreatePolicy
		 ▸ Policy name: NPS_KMS_Policy▌

		 ↵ go on   ? guide   esc back   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ AWS refused to create policy NPS_KMS_Policy: Your role
		       may not call iam:CreatePolicy
		 ▸ Policy name: NPS_KMS_Policy▌

		 ↵ go on   ? guide   esc back   ^C save and quit"
	`);
});
test('hand-off', async () => {
	const {wide, narrow} = await framesAt(forms['hand-off']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy
		   On the NPS server run SbPAM.RotateAwsKey, in
		   C:\\Program Files\\Stealthbits\\PAM\\KeyTools, and enter:
		     Access key   AKIAIOSFODNN7EXAMPLE
		     Secret key   in /home/anna/nps-kms-user_accessKeys.csv
		     KMS key
		     arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-2222-3333-444455556666
		     AWS region   eu-west-1
		 ▸ Have you run SbPAM.RotateAwsKey?   yes ▸ no

		 p copy   w write above   ↵ go on   space yes or no   ? guide   esc back
		 q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy
		   On the NPS server run SbPAM.RotateAwsKey, in
		   C:\\Program Files\\Stealthbits\\PAM\\KeyTools, and enter:
		     Access key   AKIAIOSFODNN7EXAMPLE
		     Secret key   in /home/anna/nps-kms-user_accessKeys.csv
		     KMS key
		     arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-22
		     22-3333-444455556666
		     AWS region   eu-west-1

		 ↵ read on   p copy   w write above   ? guide   esc back
		 q save and quit"
	`);
	const {readOn, frame} = mountStep(forms['hand-off'], terminals.narrow);
	await readOn();
	expect(frame()).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy
		   C:\\Program Files\\Stealthbits\\PAM\\KeyTools, and enter:
		     Access key   AKIAIOSFODNN7EXAMPLE
		     Secret key   in /home/anna/nps-kms-user_accessKeys.csv
		     KMS key
		     arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-22
		     22-3333-444455556666
		     AWS region   eu-west-1
		 ▸ Have you run SbPAM.RotateAwsKey?   yes ▸ no

		 p copy   w write above   ↵ go on   space yes or no
		 ? guide   esc back   q save and quit"
	`);
});
test('what a key of its own says yes to takes no line, counts for its key alone, and goes with what it is asked with', async () => {
	const {frame, press, pressInVain, events} = mountStep(forms['hand-off, with a key of its own']);
	expect(frame()).toContain('z wait and see');
	expect(frame()).not.toMatch(/wait and see.*(yes|no)$/m);
	await press('z');
	await press('\r');
	expect(events).toEqual([
		{type: 'submitted', answers: {npsRotated: false, watchNps: true}},
		{type: 'submitted', answers: {npsRotated: false, watchNps: false}},
	]);
	await press('y');
	expect(frame()).not.toContain('wait and see');
	await pressInVain('z');
});
test('a question that is not asked yet takes no room from the sheet', async () => {
	const {wide} = await framesAt(forms['hand-off, with more to ask']);
	expect(wide).toContain('On the NPS server run SbPAM.RotateAwsKey, in');
	expect(wide).not.toContain('go on because');
});
