import type {AccessKey} from '../account/account.js';
import {accessKeyId, secretAccessKey} from '../account/ids.js';
import type {Asked, Data, Operations} from '../operation.js';
import {arnOrSelf, exceeded, missing, userOrSelf} from './find-in-account.js';
import * as rules from './name-rules.js';
import {listed, operation, shows} from './parameters.js';

const perUser = 2;
type Owner = {readonly name?: string; readonly keys: AccessKey[]};

/**
 * CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed; without a UserName they are
 * about the caller.
 */
export const accessKeys: Operations = {
	CreateAccessKey: operation({
		may: {UserName: rules.userName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({UserName: name}, asked) => {
			const owner = ownerOf(asked, name);
			if (owner.keys.length >= perUser) throw exceeded('AccessKeysPerUser', perUser);
			const key: AccessKey = {id: accessKeyId('AKIA'), secret: secretAccessKey(), status: 'Active', created: asked.now};
			owner.keys.push(key);
			return {AccessKey: {...keyOut(owner, key), SecretAccessKey: key.secret}};
		},
	}),
	ListAccessKeys: operation({
		may: {UserName: rules.userName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({UserName: name}, asked) => {
			const owner = ownerOf(asked, name);
			const seen = owner.keys.filter(({created}) => shows(asked, created));
			return listed(
				asked,
				'AccessKeyMetadata',
				seen.map(key => keyOut(owner, key)),
			);
		},
	}),
	UpdateAccessKey: operation({
		needs: {AccessKeyId: rules.accessKeyId, Status: rules.oneOf('Active', 'Inactive')},
		may: {UserName: rules.userName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({AccessKeyId: id, Status: status, UserName: name}, asked) => {
			keyOf(ownerOf(asked, name), id).status = status === 'Active' ? 'Active' : 'Inactive';
			return {};
		},
	}),
	DeleteAccessKey: operation({
		needs: {AccessKeyId: rules.accessKeyId},
		may: {UserName: rules.userName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({AccessKeyId: id, UserName: name}, asked) => {
			const owner = ownerOf(asked, name);
			owner.keys.splice(owner.keys.indexOf(keyOf(owner, id)), 1);
			return {};
		},
	}),
	GetAccessKeyLastUsed: operation({
		needs: {AccessKeyId: rules.accessKeyId},
		about: ({AccessKeyId: id}, asked) => holder(asked, id)?.arn ?? '*',
		run: ({AccessKeyId: id}, asked) => {
			const owner: Owner = holder(asked, id) ?? {keys: asked.account.rootKeys};
			const {lastUsed} = keyOf(owner, id);
			const seen = lastUsed && asked.now - lastUsed.at >= asked.lags.lastUsed ? lastUsed : undefined;
			return {
				...(owner.name !== undefined && {UserName: owner.name}),
				AccessKeyLastUsed: seen
					? {LastUsedDate: new Date(seen.at), ServiceName: seen.service, Region: seen.region}
					: {ServiceName: 'N/A', Region: 'N/A'},
			};
		},
	}),
};

function ownerOf(asked: Asked, name: string | undefined): Owner {
	const user = userOrSelf(asked, name);
	return user ? {name: user.name, keys: user.accessKeys} : {keys: asked.account.rootKeys};
}
function holder(
	{account}: Asked,
	id: string,
): {readonly name: string; readonly arn: string; readonly keys: AccessKey[]} | undefined {
	const user = Object.values(account.users).find(({accessKeys: keys}) => keys.some(key => key.id === id));
	return user && {name: user.name, arn: user.arn, keys: user.accessKeys};
}
function keyOf({keys}: Owner, id: string): AccessKey {
	const key = keys.find(it => it.id === id);
	if (!key) throw missing(`The Access Key with id ${id} cannot be found.`);
	return key;
}
const keyOut = ({name}: Owner, {id, status, created}: AccessKey): Data => ({
	...(name !== undefined && {UserName: name}),
	AccessKeyId: id,
	Status: status,
	CreateDate: new Date(created),
});
