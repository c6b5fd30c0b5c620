/** What commands are worded for. */
export type Shell = 'bash' | 'powershell';

/** The shell that people of a system have. */
export const shellOf = (platform: NodeJS.Platform): Shell => (platform === 'win32' ? 'powershell' : 'bash');
