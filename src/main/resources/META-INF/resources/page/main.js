/** Puts the page together. */

import { Api } from './api.js';
import { curl } from './curl.js';
import { PageCharts, ServerCharts } from './dashboard.js';
import { byId } from './dom.js';
import { digits } from './format.js';
import { Inspector } from './inspector.js';
import { ModelPicker } from './models.js';
import { Parameters } from './parameters.js';
import { Playground } from './playground.js';

const api = new Api(document.baseURI);
const transcript = byId('transcript');
const prompt = byId('prompt');
const send = byId('send');
const stop = byId('stop');
const live = byId('live');
const empty = byId('empty');

const inspector = new Inspector(byId('inspector'), transcript);
const parameters = new Parameters(byId('parameters'));
const playground = new Playground(api, parameters, inspector, transcript);
const picker = new ModelPicker(api, {
  select: byId('model'),
  facts: byId('facts'),
  state: byId('state'),
});
const serverCharts = new ServerCharts(api, byId('server-charts'), byId('server-note'));
const pageCharts = new PageCharts(byId('page-charts'));

function refresh() {
  send.disabled = playground.busy || picker.model === '';
  stop.disabled = !playground.busy;
}

async function ask() {
  const text = prompt.value;
  if (playground.busy || picker.model === '' || text.trim() === '') {
    return;
  }
  empty.remove();
  prompt.value = '';
  const answer = playground.ask(text);
  refresh();
  if (!(await answer) && prompt.value === '') {
    prompt.value = text; // to be mended
  }
}

function useKey() {
  const key = byId('key').value.trim();
  if (key !== api.key) {
    api.key = key;
    picker.load();
  }
}

function clear() {
  playground.clear();
  transcript.append(empty);
  prompt.focus();
}

function choose(mode) {
  parameters.mode = mode;
  playground.mode = mode;
  transcript.append(empty);
  byId('prompt-label').textContent = mode === 'chat' ? 'Message' : 'Prompt';
}

picker.addEventListener('change', () => {
  playground.model = picker.model;
  serverCharts.model = picker.model;
  refresh();
});
playground.addEventListener('begin', ({ detail: { path, request } }) => {
  byId('curl').textContent = curl(api.address(path), request, api.key !== '');
});
playground.addEventListener('progress', ({ detail: { watch } }) => {
  const speed = watch.tokensPerSecond;
  live.textContent = `${watch.tokens} tokens${speed === null ? '' : `, ${digits(speed)}/s`}`;
});
playground.addEventListener('end', ({ detail: { watch } }) => {
  live.textContent = '';
  if (watch) {
    pageCharts.add(watch);
  }
  refresh();
});

byId('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  ask();
});
stop.addEventListener('click', () => playground.stop());
byId('clear').addEventListener('click', clear);
byId('access').addEventListener('submit', (event) => {
  event.preventDefault();
  useKey();
});
byId('key').addEventListener('change', useKey);
byId('shade').addEventListener('change', (event) => {
  transcript.classList.toggle('shaded', event.target.checked);
});
for (const mode of document.querySelectorAll('input[name=mode]')) {
  mode.addEventListener('change', () => choose(mode.value));
}
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    ask();
  } else if (event.key === 'Escape') {
    inspector.hide();
    playground.stop();
  }
});

// A browser may have kept the choice of before.
choose(document.querySelector('input[name=mode]:checked').value);
picker.load();
