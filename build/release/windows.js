import {manifest} from '../bundle.js';
import {icon} from './icon.js';

const english = {lang: 1033, codepage: 1200};

/**
 * Node's program for Windows as ours: version information and icon of our own, and without Node's signature, which
 * would be broken by what is added. It has to come before the program is put in.
 */
export async function asNpsKms(program) {
	const {Data, NtExecutable, NtExecutableResource, Resource} = await import('resedit');
	const exe = NtExecutable.from(program, {ignoreCert: true});
	const resources = NtExecutableResource.from(exe);
	const [version] = Resource.VersionInfo.fromEntries(resources.entries);
	const numbers = manifest.version.split(/[.-]/).slice(0, 3).map(Number);
	version.setFileVersion(...numbers, 0, english.lang);
	version.setProductVersion(...numbers, 0, english.lang);
	version.setStringValues(english, {
		CompanyName: manifest.name,
		ProductName: manifest.name,
		FileDescription: 'AWS KMS set-up for Netwrix Privilege Secure',
		FileVersion: manifest.version,
		ProductVersion: manifest.version,
		OriginalFilename: 'nps-kms.exe',
		InternalName: manifest.name,
		LegalCopyright: 'MIT license; Node.js and others: see LICENSES.txt',
	});
	version.outputToResourceEntries(resources.entries);
	const icons = Data.IconFile.from(icon()).icons.map(it => it.data);
	Resource.IconGroupEntry.replaceIconsForResource(resources.entries, 1, english.lang, icons);
	resources.outputResource(exe);
	return Buffer.from(exe.generate());
}
