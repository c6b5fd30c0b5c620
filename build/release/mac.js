// On a Mac: node build/release/mac.js makes the single file for it, signs it ad hoc, and starts it. From elsewhere none
// can be made: macOS starts nothing unsigned on Apple silicon, and codesign is a Mac's alone.
import {execFileSync} from 'node:child_process';
import {mkdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {manifest, root} from '../bundle.js';
import {here} from './node-bases.js';
import {inChunks, singleFile} from './single-file.js';

const out = join(root, 'release');
const work = join(out, 'work');
const run = (command, ...args) => execFileSync(command, args, {stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8'});

rmSync(work, {recursive: true, force: true});
mkdirSync(work, {recursive: true});
await inChunks(join(work, 'program'));
const folder = join(work, `nps-kms-${manifest.version}-${here()}`);
const file = await singleFile(here(), join(work, 'program'), folder);
rmSync(join(folder, 'base'));
rmSync(join(folder, 'sea.json'));
run('codesign', '--sign', '-', '--force', file);
if (run(file, '--version').trim() !== manifest.version) throw new Error('it tells another version');
run(file, 'setup', '--yes', '--sandbox', '--region', 'eu-west-1');
run('ditto', '-c', '-k', '--keepParent', folder, join(out, `nps-kms-${manifest.version}-${here()}.zip`));
