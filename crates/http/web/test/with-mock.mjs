// Runs page.mjs against the mock server; further arguments are passed on.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { plan as related } from './mock-related.mjs';
import { serve } from './mock-server.mjs';

const open = await serve();
const locked = await serve({ token: 'right' });
const script = fileURLToPath(new URL('page.mjs', import.meta.url));
const post = (verb) => [
  process.execPath,
  '-e',
  `fetch('${open.url}mock/${verb}', { method: 'POST' })`,
];
const plan = await (await fetch(`${open.url}mock/plan`)).json();
const changes = JSON.stringify({ ...plan, commit: post('commit'), undo: post('undo') });
const args = [
  script,
  open.url,
  '--changes',
  changes,
  '--related',
  JSON.stringify(related),
  '--mock',
  locked.url,
  ...process.argv.slice(2),
];
spawn(process.execPath, args, { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
