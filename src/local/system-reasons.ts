/** The system's code of an error, such as ENOSPC. */
export const codeOf = (error: unknown): string => {
	const code = (error as {code?: unknown} | null)?.code;
	return typeof code === 'string' ? code : '';
};
const words: Readonly<Record<string, string>> = {
	EACCES: 'you may not write there',
	EPERM: 'you may not write there',
	EROFS: 'that file system is read-only',
	ENOSPC: 'the disk is full',
	EDQUOT: 'your disk quota is used up',
	ENOENT: "the folder isn't there",
	ENOTDIR: "a part of the path isn't a folder",
	EISDIR: 'that is a folder',
	EEXIST: 'something is there already',
	ENAMETOOLONG: 'the path, or a name in it, is too long',
	EBUSY: 'another program has it open, or you may not replace it',
	ELOOP: 'that is a link',
};
/** The system's reason in words. */
export const reasonOf = (error: unknown): string =>
	words[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
