// Sends files of a draft to the hub: dropped or chosen, whole folders too, in pieces, two files at a time, going on where a broken connection
// left off. Progress is drawn here, without asking the server; the page is told when a file is complete.

const pieceLength = 8 * 1024 * 1024;
const parallel = 2;
const longestWait = 30_000;

const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));
const isOnline = () => navigator.onLine ? Promise.resolve() : new Promise(done => addEventListener('online', done, { once: true }));

const readAll = async reader => {
  const entries = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return entries;
    entries.push(...some);
  }
};

const walk = async (entry, folder, found) => {
  const path = folder ? `${folder}/${entry.name}` : entry.name;
  if (entry.isDirectory) {
    for (const child of await readAll(entry.createReader())) await walk(child, path, found);
  } else {
    found.push({ path, file: await new Promise((done, fail) => entry.file(done, fail)) });
  }
};

// Entries have to be taken before the first await: the list is emptied when the event ends.
const filesOfDrop = async transfer => {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  const found = [];
  if (entries.length === 0) return [...transfer.files].map(file => ({ path: file.name, file }));
  for (const entry of entries) await walk(entry, '', found);
  return found;
};

const filesOfInput = input => [...input.files].map(file => ({ path: file.webkitRelativePath || file.name, file }));

// What systems leave in folders is never meant.
const isMeant = ({ path }) => !/(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX|\.git)(\/|$)/.test(path);

const request = (method, url, body, headers, onProgress) => new Promise((done, fail) => {
  const call = new XMLHttpRequest();
  call.open(method, url);
  for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
  if (onProgress) call.upload.onprogress = event => onProgress(event.loaded);
  call.onload = () => done(call);
  call.onerror = () => fail(new Error('The connection broke.'));
  call.ontimeout = call.onerror;
  call.send(body);
});

const parse = call => { try { return JSON.parse(call.responseText); } catch { return null; } };
const reasonOf = call => parse(call)?.detail ?? parse(call)?.title ?? `The hub answered ${call.status}.`;

// One a draft, for as long as the document lives: going from one page of the hub to another does not stop what is being sent.
const uploaders = new Map();

class Uploader {
  constructor(draft) {
    this.queue = [];
    this.running = 0;
    this.keep(draft);
  }

  keep(draft) {
    this.draft = draft;
    if (draft) uploaders.set(draft, this);
  }

  tell(method, argument) {
    return this.page?.invokeMethodAsync(method, argument).catch(() => null);
  }

  listen(zone, page) {
    this.dispose();
    this.zone = zone;
    this.page = page;
    let depth = 0;
    this.stop = new AbortController();
    const { signal } = this.stop;
    const hasFiles = event => event.dataTransfer?.types.includes('Files');
    // The whole page takes the drop: nobody should lose the page for missing a box.
    addEventListener('dragenter', event => { if (hasFiles(event)) { event.preventDefault(); depth++; this.zone.dataset.over = ''; } }, { signal });
    addEventListener('dragover', event => { if (hasFiles(event)) event.preventDefault(); }, { signal });
    addEventListener('dragleave', event => { if (hasFiles(event) && --depth <= 0) delete this.zone.dataset.over; }, { signal });
    addEventListener('drop', event => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      delete this.zone.dataset.over;
      filesOfDrop(event.dataTransfer).then(files => this.add(files));
    }, { signal });
    for (const input of this.zone.querySelectorAll('input[type=file]')) {
      const take = () => { this.add(filesOfInput(input)); input.value = ''; };
      input.addEventListener('change', take, { signal });
      // Chosen before the page listened.
      if (input.files.length > 0) take();
    }
    this.zone.dataset.ready = '';
  }

  async add(files) {
    const meant = files.filter(isMeant);
    if (meant.length === 0) return;
    try {
      if (!this.draft) this.keep(await this.tell('CreateDraftAsync'));
      if (!this.draft) return;
      const call = await request('POST', `/api/hub/drafts/${this.draft}/files`,
        JSON.stringify({ files: meant.map(({ path, file }) => ({ path, length: file.size })), stripFolder: true }), { 'Content-Type': 'application/json' });
      if (call.status !== 200) throw new Error(reasonOf(call));
      const announced = parse(call).files;
      const folder = commonFolder(meant.map(item => item.path));
      for (const { path, file } of meant) {
        const known = announced.find(item => item.path === path) ?? announced.find(item => item.path === path.slice(folder.length));
        if (known && !known.digest) this.queue.push({ id: known.id, path: known.path, file, sent: known.received });
      }
      await this.tell('ChangedAsync', this.draft);
    } catch (fault) {
      await this.tell('FailedAsync', fault.message);
    }
    this.next();
  }

  next() {
    while (this.running < parallel && this.queue.length > 0) {
      this.running++;
      this.send(this.queue.shift()).finally(() => { this.running--; this.next(); });
    }
  }

  async send(item) {
    const url = `/api/hub/drafts/${this.draft}/files/${item.id}`;
    let pause = 1000;
    for (;;) {
      try {
        await isOnline();
        const piece = item.file.slice(item.sent, item.sent + pieceLength);
        const start = item.sent;
        const call = await request('PATCH', `${url}?offset=${start}`, piece, { 'Content-Type': 'application/octet-stream' }, loaded => this.draw(item, start + loaded));
        if (call.status === 409 || call.status === 423) {
          // Somebody else sends it, or the offset is another: the hub knows.
          const right = call.getResponseHeader('Upload-Offset');
          if (right === null) throw Object.assign(new Error(reasonOf(call)), { isFinal: true });
          item.sent = Number(right);
          await wait(500);
          continue;
        }
        if (call.status >= 400 && call.status < 500 && call.status !== 408 && call.status !== 429) throw Object.assign(new Error(reasonOf(call)), { isFinal: true });
        if (call.status >= 300) throw new Error(reasonOf(call));
        const state = parse(call);
        item.sent = state.received;
        pause = 1000;
        this.draw(item, item.sent);
        if (state.digest || item.sent >= item.file.size) {
          this.draw(item, item.file.size, 'checking');
          if (/\.zip$/i.test(item.path)) await this.unpack(url);
          await this.tell('ChangedAsync', this.draft);
          return;
        }
      } catch (fault) {
        if (fault.isFinal) {
          this.draw(item, item.sent, fault.message, true);
          await this.tell('FailedAsync', `${item.path}: ${fault.message}`);
          return;
        }
        this.draw(item, item.sent, 'connection lost, trying again', true);
        await wait(pause);
        pause = Math.min(longestWait, pause * 2);
        item.sent = await this.offsetOf(url) ?? item.sent;
      }
    }
  }

  async unpack(url) {
    const call = await request('POST', `${url}/unpack`, null, {});
    if (call.status >= 300) throw Object.assign(new Error(reasonOf(call)), { isFinal: true });
  }

  async offsetOf(url) {
    try {
      const call = await request('GET', url, null, {});
      return call.status === 200 ? parse(call).received : null;
    } catch { return null; }
  }

  draw(item, sent, words, isWarning) {
    const row = document.querySelector(`[data-upload="${item.id}"]`);
    if (!row) return;
    const share = item.file.size === 0 ? 1 : sent / item.file.size;
    row.querySelector('[data-upload-bar]')?.style.setProperty('width', `${(share * 100).toFixed(1)}%`);
    const text = row.querySelector('[data-upload-text]');
    if (text) text.textContent = words ?? `${Math.floor(share * 100)} %`;
    row.toggleAttribute('data-warning', Boolean(isWarning));
  }

  // The page goes; what is being sent goes on.
  dispose() {
    this.stop?.abort();
    this.page = null;
  }
}

// The one folder that all paths lie in, with its slash; empty where there is none.
const commonFolder = paths => {
  const first = paths[0].split('/')[0] + '/';
  return paths.every(path => path.startsWith(first)) ? first : '';
};

addEventListener('beforeunload', event => { if ([...uploaders.values()].some(uploader => uploader.running > 0)) event.preventDefault(); });

export const attach = (zone, page, draft) => {
  const uploader = uploaders.get(draft) ?? new Uploader(draft);
  uploader.listen(zone, page);
  return uploader;
};
