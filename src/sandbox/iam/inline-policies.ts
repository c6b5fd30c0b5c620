import {type Asked, type Data, type Operation, type Operations, Refusal} from '../operation.js';
import {file, findIdentity, missing, under} from './find-in-account.js';
import * as rules from './name-rules.js';
import {listed, operation} from './parameters.js';
import {arnFor, type Holder, holders} from './policy-holders.js';
import {checkPolicy, encoded, sizeOf} from './policy-text.js';

/** Put, Get, Delete and List of the inline policies of users, groups and roles. */
export const inline: Operations = Object.fromEntries(
	holders.flatMap(holder => [put(holder), get(holder), remove(holder), list(holder)]),
);

function put({kind, noun, parameter, inlineRule, inlineSize}: Holder): [string, Operation] {
	const run = (told: Record<string, string>, {account}: Asked): Data => {
		const {inline: policies, name: owner} = findIdentity(account, kind, told[parameter] ?? '');
		const {PolicyName: name = '', PolicyDocument: document = ''} = told;
		checkPolicy(document, 'inline');
		const others = Object.entries(policies).filter(([it]) => it !== name);
		const size = others.reduce((sum, [, text]) => sum + sizeOf(text), sizeOf(document));
		if (size > inlineSize)
			throw new Refusal(
				'LimitExceeded',
				`Maximum policy size of ${inlineSize} bytes exceeded for ${kind} ${owner}`,
				409,
			);
		file(policies, name, document);
		return {};
	};
	return [
		`Put${noun}Policy`,
		operation({
			needs: {[parameter]: inlineRule, PolicyName: rules.policyName, PolicyDocument: rules.document},
			about: arnFor(kind, parameter),
			run,
		}),
	];
}

function get({kind, noun, parameter, inlineRule}: Holder): [string, Operation] {
	const run = (told: Record<string, string>, {account}: Asked): Data => {
		const {inline: policies, name: owner} = findIdentity(account, kind, told[parameter] ?? '');
		const {PolicyName: name = ''} = told;
		return {[parameter]: owner, PolicyName: name, PolicyDocument: encoded(inlineOf(policies, kind, name))};
	};
	return [
		`Get${noun}Policy`,
		operation({needs: {[parameter]: inlineRule, PolicyName: rules.policyName}, about: arnFor(kind, parameter), run}),
	];
}

function remove({kind, noun, parameter, inlineRule}: Holder): [string, Operation] {
	const run = (told: Record<string, string>, {account}: Asked): Data => {
		const {inline: policies} = findIdentity(account, kind, told[parameter] ?? '');
		const {PolicyName: name = ''} = told;
		inlineOf(policies, kind, name);
		delete policies[name];
		return {};
	};
	return [
		`Delete${noun}Policy`,
		operation({needs: {[parameter]: inlineRule, PolicyName: rules.policyName}, about: arnFor(kind, parameter), run}),
	];
}

function list({kind, noun, parameter, inlineRule}: Holder): [string, Operation] {
	const run = (told: Record<string, string>, asked: Asked): Data =>
		listed(asked, 'PolicyNames', Object.keys(findIdentity(asked.account, kind, told[parameter] ?? '').inline).sort());
	return [`List${noun}Policies`, operation({needs: {[parameter]: inlineRule}, about: arnFor(kind, parameter), run})];
}

function inlineOf(policies: Readonly<Record<string, string>>, kind: string, name: string): string {
	const text = under(policies, name);
	if (text === undefined) throw missing(`The ${kind} policy with name ${name} cannot be found.`);
	return text;
}
