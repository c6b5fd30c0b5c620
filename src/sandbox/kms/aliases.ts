import type {Key} from '../account/account.js';
import {type Asked, type Operations, Refusal} from '../operation.js';
import {aliasesIn, arnIn, findAlias, findKey} from './find-kms-key.js';
import {refuseGoing} from './kms-key-states.js';
import {invalid, listed, narrowPages, optional, required, shows} from './parameters.js';

/** Aliases. https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html */
export const aliases: Operations = {
	CreateAlias: {
		about: asked => [arnIn(asked, nameIn(asked)), targetOf(asked).arn],
		run(asked) {
			const name = nameIn(asked);
			const key = targetOf(asked);
			refuseGoing(key);
			if (aliasesIn(asked).some(alias => alias.name === name))
				throw new Refusal('AlreadyExistsException', `An alias with the name ${arnIn(asked, name)} already exists`);
			refuseMany(asked, key);
			const {region, now} = asked;
			asked.account.aliases[`${region} ${name}`] = {name, region, key: key.arn, created: now, updated: now};
			return {};
		},
	},
	UpdateAlias: {
		about(asked) {
			const alias = findAlias(asked, nameIn(asked));
			return [arnIn(asked, alias.name), alias.key, targetOf(asked).arn];
		},
		run(asked) {
			const alias = findAlias(asked, nameIn(asked));
			const key = targetOf(asked);
			const before = findKey(asked, alias.key);
			refuseGoing(key);
			if (before.spec !== key.spec || before.usage !== key.usage)
				throw invalid(`Alias ${arnIn(asked, alias.name)} cannot be updated to a key of another key spec or key usage.`);
			if (before !== key) refuseMany(asked, key);
			alias.key = key.arn;
			alias.updated = asked.now;
			return {};
		},
	},
	DeleteAlias: {
		about(asked) {
			const alias = findAlias(asked, nameIn(asked));
			return [arnIn(asked, alias.name), alias.key];
		},
		run(asked) {
			const {name} = findAlias(asked, nameIn(asked));
			delete asked.account.aliases[`${asked.region} ${name}`];
			return {};
		},
	},
	ListAliases: {
		about: () => ['*'],
		run(asked) {
			const name = optional(asked.input, 'KeyId', {most: 2048});
			const key = name === undefined ? undefined : findKey(asked, name);
			const seen = aliasesIn(asked).filter(alias => shows(asked, alias.created) && (!key || alias.key === key.arn));
			const told = seen.map(alias => ({
				AliasName: alias.name,
				AliasArn: arnIn(asked, alias.name),
				TargetKeyId: alias.key.replace(/^.*:key\//, ''),
				CreationDate: new Date(alias.created),
				LastUpdatedDate: new Date(alias.updated),
			}));
			return listed(asked, 'Aliases', told, narrowPages);
		},
	},
};

function nameIn({input}: Asked): string {
	const name = required(input, 'AliasName', {most: 256, pattern: '^[a-zA-Z0-9:/_-]+$'});
	if (!name.startsWith('alias/') || name === 'alias/') throw invalid('Invalid identifier');
	if (name.includes(':')) throw invalid(`${name} contains invalid characters for an alias`);
	if (name.startsWith('alias/aws/')) throw new Refusal('NotAuthorizedException', '');
	return name;
}
function targetOf(asked: Asked): Key {
	const name = required(asked.input, 'TargetKeyId', {most: 2048});
	if (/(^|:)alias\//.test(name)) throw invalid('Aliases must refer to keys. Not aliases');
	return findKey(asked, name);
}
function refuseMany(asked: Asked, {arn}: Key): void {
	if (aliasesIn(asked).filter(alias => alias.key === arn).length >= 50)
		throw new Refusal('LimitExceededException', `${arn} has 50 aliases, the most a key can have.`);
}
