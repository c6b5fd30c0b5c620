import type {Account} from '../account/account.js';
import type {Data, Operations} from '../operation.js';
import {arnOf, findUser, missing, under} from './find-in-account.js';
import * as rules from './name-rules.js';
import {operation} from './parameters.js';

/** Refuses a boundary that is no managed policy. */
export function attachableBoundary(account: Account, arn: string): void {
	if (!under(account.policies, arn)) throw missing(`Scope ARN: ${arn} does not exist or is not attachable.`);
}
/** A boundary in an answer. */
export const boundaryOut = (arn: string | undefined): Data =>
	arn === undefined ? {} : {PermissionsBoundary: {PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn}};

/** PutUserPermissionsBoundary, DeleteUserPermissionsBoundary. */
export const boundaries: Operations = {
	PutUserPermissionsBoundary: operation({
		needs: {UserName: rules.newUserName, PermissionsBoundary: rules.arn},
		about: ({UserName: name}, {account}) => arnOf(account, 'user', name),
		run: ({UserName: name, PermissionsBoundary: arn}, {account}) => {
			const user = findUser(account, name);
			attachableBoundary(account, arn);
			user.boundary = arn;
			return {};
		},
	}),
	DeleteUserPermissionsBoundary: operation({
		needs: {UserName: rules.newUserName},
		about: ({UserName: name}, {account}) => arnOf(account, 'user', name),
		run: ({UserName: name}, {account}) => {
			const user = findUser(account, name);
			if (user.boundary === undefined) throw missing(`User ${name} does not have a permission boundary.`);
			delete user.boundary;
			return {};
		},
	}),
};
