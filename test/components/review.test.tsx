import {expect, test} from 'vitest';
import {framesAt} from './frames.js';
import {phases} from './step-scenes.js';

test('review', async () => {
	const {wide, narrow} = await framesAt(phases.review);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   + create policy NPS_KMS_Policy
		       Allow  kms:Decrypt  on  arn:aws:kms:*:111122223333:key/*
		   ! Until step 5 is done this policy allows Decrypt with every key of this
		       account.

		 ↵ apply   c commands   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   + create policy NPS_KMS_Policy
		       Allow  kms:Decrypt  on
		           arn:aws:kms:*:111122223333:key/*
		   ! Until step 5 is done this policy allows Decrypt with
		       every key of this account.

		 ↵ apply   c commands   ? guide   esc back   q save and quit"
	`);
});
test('review, with a difference', async () => {
	const {wide, narrow} = await framesAt(phases['review, with a difference']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   ~ update policy NPS_KMS_Policy (a new default version)
		   + create alias nps-kms-key
		   policy NPS_KMS_Policy:
		       - Allow  kms:Decrypt  on  arn:aws:kms:*:111122223333:key/*
		       + Allow  kms:Decrypt  on
		     arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-2222-3333-444455556666

		 ↵ apply   c commands   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   ~ update policy NPS_KMS_Policy (a new default version)
		   + create alias nps-kms-key
		   policy NPS_KMS_Policy:
		       - Allow  kms:Decrypt  on
		           arn:aws:kms:*:111122223333:key/*
		   ↑↓ 3 more below

		 ↵ read on   c commands   ? guide   esc back
		 q save and quit"
	`);
});
test('review, longer than the screen', async () => {
	const {wide, narrow} = await framesAt(phases['review, longer than the screen']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   + create key nps-kms-key
		       Allow  kms:Verb0  on  *  for  arn:aws:iam::111122223333:user/u0
		       Allow  kms:Verb1  on  *  for  arn:aws:iam::111122223333:user/u1
		       Allow  kms:Verb2  on  *  for  arn:aws:iam::111122223333:user/u2
		       Allow  kms:Verb3  on  *  for  arn:aws:iam::111122223333:user/u3
		       Allow  kms:Verb4  on  *  for  arn:aws:iam::111122223333:user/u4
		   ↑↓ 9 more below

		 ↵ read on   c commands   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   + create key nps-kms-key
		       Allow  kms:Verb0  on  *  for
		           arn:aws:iam::111122223333:user/u0
		       Allow  kms:Verb1  on  *  for
		           arn:aws:iam::111122223333:user/u1
		   ↑↓ 22 more below

		 ↵ read on   c commands   ? guide   esc back
		 q save and quit"
	`);
});
test('review, that removes', async () => {
	const {wide, narrow} = await framesAt(phases['review, that removes']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   - delete access key AKIAIOSFODNN7EXAMPLE

		 ↵ apply, after a word typed   c commands   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   - delete access key AKIAIOSFODNN7EXAMPLE

		 ↵ apply, after a word typed   c commands   ? guide
		 esc back   q save and quit"
	`);
});
test('review, of what goes in later steps, and what stays', async () => {
	const {wide, narrow} = await framesAt(phases['review, of what goes']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. The next steps will:
		   - delete alias/nps-kms-key (this setup made it)
		   = stays user nps-kms-user: somebody gave it the group admins
		   ! KMS deletes the key on 2026-12-25.

		 ↵ go on, after a word typed   c commands   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. The next steps will:
		   - delete alias/nps-kms-key (this setup made it)
		   = stays user nps-kms-user: somebody gave it the group
		       admins
		   ! KMS deletes the key on 2026-12-25.

		 ↵ go on, after a word typed   c commands   ? guide
		 esc back   q save and quit"
	`);
});
test('review, of checks', async () => {
	const {wide, narrow} = await framesAt(phases['review, of checks']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing will change. With the new access key, three times in a row each:
		   Must work: is nps-kms-user.
		   Must not be able to: decrypt with another key, …444455556666; list keys.
		   Nor, as simulated: disable the key.
		   Looked at: is in no group.
		   The calls: sts:GetCallerIdentity, kms:Decrypt, kms:ListKeys.
		   What must be denied shows up as AccessDenied in CloudTrail, by nps-kms.

		 ↵ prove it   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing will change. With the new access key, three times
		       in a row each:
		   Must work: is nps-kms-user.
		   Must not be able to: decrypt with another key,
		       …444455556666; list keys.
		   Nor, as simulated: disable the key.
		   Looked at: is in no group.
		   ↑↓ 4 more below

		 ↵ read on   ? guide   esc back   q save and quit"
	`);
});
test('review, with a document', async () => {
	const {wide, narrow} = await framesAt(phases['review, with a document']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   ~ update policy NPS_KMS_Policy (a new default version)
		   nps-kms-user can decrypt with any of the 7 keys in eu-west-1 that delegate to
		       IAM; afterwards with this one only.

		 ↵ apply   c commands   d document   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   ~ update policy NPS_KMS_Policy (a new default version)
		   nps-kms-user can decrypt with any of the 7 keys in
		       eu-west-1 that delegate to IAM; afterwards with this
		       one only.

		 ↵ apply   c commands   d document   ? guide   esc back
		 q save and quit"
	`);
});
test('review, with a document: d', async () => {
	const {wide, narrow} = await framesAt(phases['review, with a document'], 'd');
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		     {
		   -   "Resource": "any key"
		   +   "Resource": "one key"
		     }

		 p copy   w write above, to copy   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		     {
		   -   "Resource": "any key"
		   +   "Resource": "one key"
		     }

		 p copy   w write above, to copy   esc back
		 q save and quit"
	`);
});
test('review, while it is looked what that means', async () => {
	const {wide, narrow} = await framesAt(phases['review, while it is looked what that means']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   ~ update policy NPS_KMS_Policy (a new default version)
		   Looking what that means …

		 c commands   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   Nothing has changed yet. This step will:
		   ~ update policy NPS_KMS_Policy (a new default version)
		   Looking what that means …

		 c commands   ? guide   esc back   q save and quit"
	`);
});
test('review, to be confirmed', async () => {
	const {wide, narrow} = await framesAt(phases['review, to be confirmed']);
	expect(wide).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   You are
		       arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess
		       _0123456789abcdef/anna
		   Account   111122223333 (acme-prod)
		   Region    eu-west-1   partition aws

		   Is this the account that Privilege Secure should use?

		 ↵ yes, use it   ? guide   esc back   q save and quit"
	`);
	expect(narrow).toMatchInlineSnapshot(`
		"────────────────────────────────────────────────────────────
		 ●─◆─○─○─○─○─○─○  Step 1 of 7 · Create the policy

		   You are
		       arn:aws:sts::111122223333:assumed-role/AWSReservedSSO
		       _AdministratorAccess_0123456789abcdef/anna
		   Account   111122223333 (acme-prod)
		   Region    eu-west-1   partition aws

		   Is this the account that Privilege Secure should use?

		 ↵ yes, use it   ? guide   esc back   q save and quit"
	`);
});
