import * as iam from '@aws-sdk/client-iam';
import {apis} from '../../src/aws/client/apis.js';
import {json, step, textAnswer, undo} from '../../src/engine/step.js';
import {type Extent, lookAtExtent} from '../../src/steps/discard/extent.js';

declare module '../../src/engine/facts.js' {
	interface FactNames {
		/** The name of the inline policy. */
		toyPolicy: string;
	}
}

/** The calls that the toy makes and this program doesn't: one line each there. */
Object.assign(apis, {
	'iam:PutUserPolicy': iam.PutUserPolicyCommand,
	'iam:GetUserPolicy': iam.GetUserPolicyCommand,
	'iam:DeleteUserPolicy': iam.DeleteUserPolicyCommand,
});

/** A whole step, as somebody would add one: an inline policy for the user that denies all of S3. */
export const toy = step<{readonly there: boolean}>({
	id: 'toy',
	name: 'Toy',
	title: 'Deny the user all of S3',
	guide: {covers: 'nothing: a toy', text: ['It denies the user all of S3.'], links: []},
	fields: () => [{name: 'toyPolicy', label: 'Inline policy', kind: 'text', initial: 'no-s3'}],
	async observe(look, known) {
		const input = {UserName: known.fact('userName'), PolicyName: textAnswer(known.answers, 'toyPolicy')};
		return {there: (await look.at({api: 'iam:GetUserPolicy', input})) !== undefined};
	},
	plan({there}, known) {
		const PolicyName = textAnswer(known.answers, 'toyPolicy');
		const document = {Version: '2012-10-17', Statement: [{Effect: 'Deny', Action: 's3:*', Resource: '*'}]};
		const input = {UserName: known.fact('userName'), PolicyName, PolicyDocument: json(document)};
		return {
			changes: there
				? []
				: [
						{
							id: 'put-toy',
							verb: 'create',
							subject: `inline policy ${PolicyName}`,
							call: {api: 'iam:PutUserPolicy', input},
							record: {uses: ['toyPolicy']},
						},
					],
			facts: {toyPolicy: PolicyName},
			says: PolicyName,
		};
	},
	undo: undo<{readonly extent: Extent; readonly there: boolean}>({
		title: 'Take back the toy',
		guide: {covers: 'nothing: a toy', text: [], links: []},
		makes: [
			{
				kind: 'Inline policy',
				madeBy: ['put-toy'],
				existing({facts: {toyPolicy, userName = ''}}) {
					const input = {UserName: userName, PolicyName: toyPolicy ?? ''};
					return toyPolicy ? [{id: toyPolicy, by: 'made', takeBack: [{api: 'iam:DeleteUserPolicy', input}]}] : [];
				},
			},
		],
		async observe(look, known) {
			const input = {UserName: known.fact('userName'), PolicyName: known.fact('toyPolicy')};
			const isKnown = known.facts['userName'] !== undefined && known.facts['toyPolicy'] !== undefined;
			const there = isKnown && (await look.at({api: 'iam:GetUserPolicy', input})) !== undefined;
			return {extent: await lookAtExtent(look, known), there};
		},
		plan({extent, there}, known) {
			const {userName = '', toyPolicy = ''} = known.facts;
			if (!there) return {changes: [], says: 'gone'};
			if (extent.halts)
				return {changes: [], stays: [{subject: `inline policy ${toyPolicy}`, why: 'it only denies', ours: true}]};
			return {
				changes: [
					{
						id: 'delete-toy',
						verb: 'delete',
						subject: `inline policy ${toyPolicy}`,
						call: {api: 'iam:DeleteUserPolicy', input: {UserName: userName, PolicyName: toyPolicy}},
						record: {
							undoes: ['put-toy'],
							forgets: ['toyPolicy'],
						},
					},
				],
			};
		},
	}),
});
