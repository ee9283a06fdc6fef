// Looks at the page in a real browser and judges it by what is rendered. It holds for any city that serves the API.
// Usage: page.mjs BASE_URL [--screenshot FILE] [--phone-screenshot FILE] [--changes PLAN] [--related PLAN]
// [--mock TOKEN_URL]
// Each PLAN is JSON: what followsTheRegister wants, its `commit` and `undo` being commands and their arguments; and what
// showsWhatIsRelated wants.
import { parseArgs } from 'node:util';
import { followsTheRegister, followsThroughTrouble } from './checks-changes.mjs';
import { identifies } from './checks-identify.mjs';
import { searches } from './checks-lookup.mjs';
import {
  answersQuestions,
  switchesLanguage,
  togglesLayers,
  worksByKeyboard,
} from './checks-page.mjs';
import { showsRecordsAndRefusals, showsWhatIsRelated } from './checks-related.mjs';
import {
  fitsAPhone,
  mockOnly,
  noticesThatTheServerIsGone,
  worksWithoutWebGl,
} from './checks-trouble.mjs';
import { drawsTheView, movesGently, opensOnAnAnswer, permalinks } from './checks-view.mjs';
import { Harness } from './harness.mjs';

const text = { type: 'string' };
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    screenshot: text,
    'phone-screenshot': text,
    changes: text,
    related: text,
    mock: text,
  },
});
const [base] = positionals;
if (!base) {
  console.error(
    'usage: page.mjs BASE_URL [--screenshot FILE] [--phone-screenshot FILE] [--changes PLAN] [--related PLAN] [--mock TOKEN_URL]',
  );
  process.exit(2);
}

const h = new Harness(base.endsWith('/') ? base : `${base}/`);
const related = values.related && JSON.parse(values.related);
const steps = (browser, page) => [
  () => opensOnAnAnswer(h, page),
  () => drawsTheView(h, page),
  () => values.screenshot && page.screenshot({ path: values.screenshot }),
  () => identifies(h, page),
  () => related && showsWhatIsRelated(h, page, related),
  () => related && values.mock && showsRecordsAndRefusals(h, page, related),
  () => switchesLanguage(h, page),
  () => togglesLayers(h, page),
  () => answersQuestions(h, page),
  () => worksByKeyboard(h, page),
  () => searches(h, page),
  () => permalinks(h, page, browser),
  () => movesGently(h, page),
  () => noticesThatTheServerIsGone(h, page),
  () => values.changes && followsTheRegister(h, page, JSON.parse(values.changes)),
  () => values.mock && followsThroughTrouble(h, page),
  () => values.mock && mockOnly(h, page, browser, values.mock),
  () => fitsAPhone(h, browser, values['phone-screenshot']),
  () => worksWithoutWebGl(h),
];

try {
  const browser = await h.browser();
  const page = await h.open(browser);
  for (const step of steps(browser, page)) await step();
} catch (error) {
  h.check('the run comes to its end', false, error.stack);
}
process.exitCode = await h.close();
