import {expect, test} from 'vitest';
import {framesAt} from './frames.js';
import {phases} from './step-scenes.js';

test('looking', async () => {
	const {wide, narrow} = await framesAt(phases.looking);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ⠋ Looking at what is there … 40 looked at

		 ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ⠋ Looking at what is there … 40 looked at

		 ^C save and quit"
	`);
});
test('looking, with a wait', async () => {
	const {wide, narrow} = await framesAt(phases['looking, with a wait']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ⠋ Looking whether it is as it should be …
		     waiting: KMS does not see the user yet
		     12 s of at most 120 s

		 q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ⠋ Looking whether it is as it should be …
		     waiting: KMS does not see the user yet
		     12 s of at most 120 s

		 q save and quit"
	`);
});
test('applying', async () => {
	const {wide, narrow} = await framesAt(phases.applying);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✔ create user nps-kms-user
		   ⠋ create policy NPS_KMS_Policy
		     waiting: KMS does not see the user yet
		     12 s of at most 120 s
		   · delete access key AKIAIOSFODNN7EXAMPLE

		 ^C finish this call, save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✔ create user nps-kms-user
		   ⠋ create policy NPS_KMS_Policy
		     waiting: KMS does not see the user yet
		     12 s of at most 120 s
		   · delete access key AKIAIOSFODNN7EXAMPLE

		 ^C finish this call, save and quit"
	`);
});
test('applying, in trouble', async () => {
	const {wide, narrow} = await framesAt(phases['applying, in trouble']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ create policy NPS_KMS_Policy: refused
		   ? delete access key AKIAIOSFODNN7EXAMPLE: no clear answer
		   Finishing this call, then leaving …

		 ^C finish this call, save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ create policy NPS_KMS_Policy: refused
		   ? delete access key AKIAIOSFODNN7EXAMPLE: no clear answer
		   Finishing this call, then leaving …

		 ^C finish this call, save and quit"
	`);
});
test('checking', async () => {
	const {wide, narrow} = await framesAt(phases.checking);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✔ 2 of 7 checks passed
		   ✖ must not be able to list keys: it can
		   ? must not be able to disable the key: can't tell (you may not simulate)
		   ? must not be able to schedule the key's deletion: can't tell
		   ⠋ must not be able to list users, 2 of 3
		   · is in no group

		 ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✔ 2 of 7 checks passed
		   ✖ must not be able to list keys: it can
		   ? must not be able to disable the key: can't tell (you
		       may not simulate)
		   ? must not be able to schedule the key's deletion: can't
		       tell
		   ⠋ must not be able to list users, 2 of 3
		   · is in no group

		 ^C save and quit"
	`);
});
test('checking, with a wait', async () => {
	const {wide, narrow} = await framesAt(phases['checking, with a wait']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ⠋ is nps-kms-user
		     waiting: KMS does not see the user yet
		     12 s of at most 120 s
		   · is in no group

		 ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ⠋ is nps-kms-user
		     waiting: KMS does not see the user yet
		     12 s of at most 120 s
		   · is in no group

		 ^C save and quit"
	`);
});
test('checking, nothing to try', async () => {
	const {wide, narrow} = await framesAt(phases['checking, nothing to try']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   As it should be

		 ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   As it should be

		 ^C save and quit"
	`);
});
test('asking', async () => {
	const {wide, narrow} = await framesAt(phases.asking);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Secret of access key AKIAIOSFODNN7EXAMPLE
		   It is no longer in /home/anna/nps-kms-user_accessKeys.csv. It is used for
		   this proof and kept nowhere.
		 ▸ Secret: ▌

		 esc I don't have it   ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Secret of access key AKIAIOSFODNN7EXAMPLE
		   It is no longer in
		   /home/anna/nps-kms-user_accessKeys.csv. It is used for
		   this proof and kept nowhere.
		 ▸ Secret: ▌

		 esc I don't have it   ^C save and quit"
	`);
});
test('stopped', async () => {
	const {wide, narrow} = await framesAt(phases.stopped);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ AWS refused to create policy NPS_KMS_Policy
		     Your role may not call iam:CreatePolicy [AccessDenied]
		   → Ask for the permission iam:CreatePolicy, or adopt it (a); then try again
		   (r)
		   Nothing changed in this step.
		   Done and kept: Connect.

		 a adopt it   r try again   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ AWS refused to create policy NPS_KMS_Policy
		     Your role may not call iam:CreatePolicy [AccessDenied]
		   → Ask for the permission iam:CreatePolicy, or adopt it
		   (a); then try again (r)
		   Nothing changed in this step.
		   Done and kept: Connect.

		 a adopt it   r try again   ? guide   esc back
		 q save and quit"
	`);
});
test('stopped, half done', async () => {
	const {wide, narrow} = await framesAt(phases['stopped, half done']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ AWS refused to create policy NPS_KMS_Policy
		     Your role may not call iam:CreatePolicy [AccessDenied]
		   → Ask for the permission iam:CreatePolicy, then try again (r)
		   Changed in this step: create user nps-kms-user.
		   Perhaps done, the next look will tell: create policy NPS_KMS_Policy.
		   Done and kept: Connect.

		 r try again   c commands   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ AWS refused to create policy NPS_KMS_Policy
		     Your role may not call iam:CreatePolicy [AccessDenied]
		   → Ask for the permission iam:CreatePolicy, then try again
		   (r)
		   Changed in this step: create user nps-kms-user.
		   Perhaps done, the next look will tell: create policy
		   ↑↓ 2 more below

		 ↵ read on   r try again   c commands   ? guide   esc back
		 q save and quit"
	`);
});
test('done', async () => {
	const {wide, narrow} = await framesAt(phases.done);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✔ arn:aws:iam::111122223333:policy/NPS_KMS_Policy

		 ^C save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✔ arn:aws:iam::111122223333:policy/NPS_KMS_Policy

		 ^C save and quit"
	`);
});
test('stopped, with a page', async () => {
	const {wide, narrow} = await framesAt(phases['stopped, with a page']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ AWS refused to create policy NPS_KMS_Policy
		     Your role may not call iam:CreatePolicy [AccessDenied]
		   → Ask for the permission iam:CreatePolicy, then try again (r)
		   Nothing changed in this step.
		   Done and kept: Connect.

		 r try again   m permissions   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   ✖ AWS refused to create policy NPS_KMS_Policy
		     Your role may not call iam:CreatePolicy [AccessDenied]
		   → Ask for the permission iam:CreatePolicy, then try again
		   (r)
		   Nothing changed in this step.
		   Done and kept: Connect.

		 r try again   m permissions   ? guide   esc back
		 q save and quit"
	`);
});
test('stopped, with a page: p', async () => {
	const {wide, narrow} = await framesAt(phases['stopped, with a page'], 'm');
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   {"Effect": "Allow", "Action": "kms:CreateKey"}

		 p copy   w write above, to copy   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   {"Effect": "Allow", "Action": "kms:CreateKey"}

		 p copy   w write above, to copy   esc back
		 q save and quit"
	`);
});
