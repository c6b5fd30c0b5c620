import {randomBytes} from 'node:crypto';
import {type Asked, type Operations, Refusal} from '../operation.js';
import {arnIn, arnOf, arnOrSelf, findUser, missing, taken, userOrSelf} from './find-in-account.js';
import * as rules from './name-rules.js';
import {listed, operation} from './parameters.js';

/** What every MFA device of the sandbox shows, at any time: nobody has a real one to its users. */
export const mfaCode = '123456';

/**
 * CreateVirtualMFADevice, EnableMFADevice, DeactivateMFADevice, DeleteVirtualMFADevice, ListMFADevices.
 * A device without a user isn't kept: EnableMFADevice takes any serial number of this account.
 */
export const mfa: Operations = {
	CreateVirtualMFADevice: operation({
		needs: {VirtualMFADeviceName: rules.deviceName},
		may: {Path: rules.path},
		about: ({VirtualMFADeviceName: name, Path: path = '/'}, {account}) => arnIn(account, `mfa${path}${name}`),
		run: ({VirtualMFADeviceName: name, Path: path = '/'}, asked) => {
			const serial = arnIn(asked.account, `mfa${path}${name}`);
			if (owner(asked, serial)) throw taken(`MFADevice entity at the same path and name already exists.`);
			return {VirtualMFADevice: {SerialNumber: serial, Base32StringSeed: randomBytes(40), QRCodePNG: randomBytes(40)}};
		},
	}),
	EnableMFADevice: operation({
		needs: {
			UserName: rules.userName,
			SerialNumber: rules.serialNumber,
			AuthenticationCode1: rules.deviceCode,
			AuthenticationCode2: rules.deviceCode,
		},
		about: ({UserName: name}, {account}) => arnOf(account, 'user', name),
		run: ({UserName: name, SerialNumber: serial}, asked) => {
			const user = findUser(asked.account, name);
			if (serial.startsWith('arn:') && !serial.startsWith(arnIn(asked.account, 'mfa/')))
				throw missing(`VirtualMFADevice with serial number ${serial} doesn't exist.`);
			if (owner(asked, serial)) throw taken(`MFA Device ${serial} is already in use.`);
			if (user.mfaDevices.length >= 8)
				throw new Refusal('LimitExceeded', 'Cannot exceed quota for MFADevicesPerUser: 8', 409);
			user.mfaDevices.push(serial);
			return {};
		},
	}),
	DeactivateMFADevice: operation({
		needs: {SerialNumber: rules.serialNumber},
		may: {UserName: rules.userName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({UserName: name, SerialNumber: serial}, asked) => {
			const user = userOrSelf(asked, name);
			const at = user?.mfaDevices.indexOf(serial) ?? -1;
			if (!user || at < 0) throw missing(`MFA Device invalid for user.`);
			user.mfaDevices.splice(at, 1);
			return {};
		},
	}),
	DeleteVirtualMFADevice: operation({
		needs: {SerialNumber: rules.serialNumber},
		about: ({SerialNumber: serial}) => serial,
		run: ({SerialNumber: serial}, asked) => {
			if (owner(asked, serial)) throw new Refusal('DeleteConflict', 'Must deactivate MFA device first.', 409);
			return {};
		},
	}),
	ListMFADevices: operation({
		may: {UserName: rules.userName},
		about: ({UserName: name}, asked) => arnOrSelf(asked, name),
		run: ({UserName: name}, asked) => {
			const user = userOrSelf(asked, name);
			const devices = user?.mfaDevices.map(serial => ({
				UserName: user.name,
				SerialNumber: serial,
				EnableDate: new Date(user.created),
			}));
			return listed(asked, 'MFADevices', devices ?? []);
		},
	}),
};

const owner = ({account}: Asked, serial: string): object | undefined =>
	Object.values(account.users).find(({mfaDevices}) => mfaDevices.includes(serial));
