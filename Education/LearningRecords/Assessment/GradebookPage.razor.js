// <mark-grid>: the gradebook typed by keyboard. The server renders the table; this makes its inputs behave like a spreadsheet and
// saves each changed cell in the background. What is not yet acknowledged lies in localStorage and is sent again: a lost
// connection or a closed tab loses no mark. A cell that someone else changed shows their value and is never overwritten silently.

const words = {
  vi: {
    saved: 'Mọi điểm đã lưu', saving: n => `Đang lưu ${n} ô…`,
    offline: n => `Mất kết nối: ${n} ô đang giữ trên máy này, sẽ tự gửi lại`,
    signedOut: n => `Phiên đăng nhập đã hết: hãy đăng nhập lại, ${n} ô vẫn giữ trên máy này`,
    rejected: detail => `Máy chủ không nhận: ${detail}`,
    wrong: {
      Points: 'Điểm từ 0 đến 10, nhiều nhất một chữ số thập phân', WholePoints: 'Điểm kiểm tra là số nguyên từ 0 đến 10',
      Passed: 'Chỉ nhận Đ hoặc CĐ', Level: 'Chỉ nhận T, H hoặc C', Trait: 'Chỉ nhận T, Đ hoặc C',
    },
    why: 'Điểm đã công bố: ghi lý do sửa ở trên rồi nhập lại',
    locked: 'Sổ đã khóa: ghi lý do đề nghị ở trên rồi nhập lại',
    empty: 'trống', noHistory: 'Ô này chưa có thay đổi nào.', close: 'Đóng', history: 'Lịch sử ô',
    stale: (by, theirs, mine) => `${by} vừa nhập ${theirs || 'ô trống'}; bạn gõ ${mine || 'ô trống'}. Nhập lại nếu muốn thay.`,
    by: (value, by, at) => `${value} – ${by} nhập lúc ${at}`, fast: (typed, value) => `${typed} → ${value}`,
    pasted: (done, wrong) => `Đã dán ${done} ô` + (wrong ? `, ${wrong} ô không nhận được (viền đỏ)` : ''),
    outside: n => `, bỏ ${n} ô ngoài bảng`, undone: n => `Đã hoàn tác ${n} ô`,
  },
  en: {
    saved: 'All marks saved', saving: n => `Saving ${n} cells…`,
    offline: n => `Connection lost: ${n} cells are kept on this device and will be sent again`,
    signedOut: n => `You are signed out: sign in again, ${n} cells are kept on this device`,
    rejected: detail => `The server refused: ${detail}`,
    wrong: {
      Points: 'A mark is 0 to 10 with at most one decimal', WholePoints: 'A test has a whole number from 0 to 10',
      Passed: 'Only Đ or CĐ', Level: 'Only T, H or C', Trait: 'Only T, Đ or C',
    },
    why: 'Published already: give the reason above, then type again',
    locked: 'Locked: give the reason above, then type again',
    empty: 'empty', noHistory: 'Nothing has changed in this cell yet.', close: 'Close', history: 'History',
    stale: (by, theirs, mine) => `${by} has just entered ${theirs || 'nothing'}; you typed ${mine || 'nothing'}. Type again to replace it.`,
    by: (value, by, at) => `${value} – entered by ${by} at ${at}`, fast: (typed, value) => `${typed} → ${value}`,
    pasted: (done, wrong) => `${done} cells pasted` + (wrong ? `, ${wrong} not accepted (red)` : ''),
    outside: n => `, ${n} outside the table left out`, undone: n => `${n} cells undone`,
  },
};

const letters = {
  Passed: { Đ: ['Đ', 'D', 'ĐẠT'], CĐ: ['CĐ', 'CD', 'C', 'CHƯA ĐẠT'] },
  Level: { T: ['T', 'HTT', 'HOÀN THÀNH TỐT'], H: ['H', 'HT', 'HOÀN THÀNH'], C: ['C', 'CHT', 'CHƯA HOÀN THÀNH'] },
  Trait: { T: ['T', 'TỐT'], Đ: ['Đ', 'D', 'ĐẠT'], C: ['C', 'CCG', 'CẦN CỐ GẮNG'] },
};

/**
 * What was typed, as the API writes it ('8.5', 'Đ', 'CĐ', 'T', '' for empty); null when the cell does not take it. Fast entry is for typing
 * alone: a pasted 85 may as well be a mistake of the sheet.
 */
export function parseMark(text, takes, fast) {
  const typed = text.trim().normalize('NFC').toUpperCase();
  if (typed === '') return '';
  if (letters[takes]) return Object.keys(letters[takes]).find(letter => letters[takes][letter].includes(typed)) ?? null;
  if (takes === 'WholePoints') return /^\d{1,2}(?:[.,]0+)?$/.test(typed) && parseInt(typed, 10) <= 10 ? String(parseInt(typed, 10)) : null;
  const number = /^(\d{1,2})(?:[.,](\d)0*)?$/.exec(typed);
  if (!number) return null;
  let tenths = Number(number[1]) * 10 + Number(number[2] ?? 0);
  // 85 can only mean 8,5, and 05 only 0,5; 10 stays 10.
  if (fast && !number[2] && (tenths > 100 || /^0\d$/.test(number[1]))) tenths /= 10;
  return tenths > 100 ? null : String(tenths / 10);
}

class MarkGrid extends HTMLElement {
  connectedCallback() {
    this.words = words[document.documentElement.lang] ?? words.vi;
    this.pending = new Map();
    this.undoStack = [];
    this.retryAfter = 1000;
    this.rows = [...this.querySelectorAll('tbody tr')].map(row => [...row.querySelectorAll('input[data-column]')]).filter(row => row.length);
    this.inputs = new Map(this.rows.flat().map(input => [keyOf(input), input]));
    this.storageKey = `records.marks:${this.dataset.account}:${this.dataset.url}:${this.dataset.subject}:${this.dataset.term}${this.dataset.part ?? ''}`;
    this.listeners = new AbortController();
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal: this.listeners.signal });
    on(this, 'focusin', event => this.onFocus(event));
    on(this, 'focusout', event => this.onLeave(event));
    on(this, 'keydown', event => this.onKey(event));
    on(this, 'paste', event => this.onPaste(event));
    on(window, 'online', () => this.flush());
    on(window, 'focus', () => this.refresh());
    this.restore();
    this.toggleAttribute('data-ready', true);
  }

  disconnectedCallback() {
    this.listeners.abort();
    clearTimeout(this.timer);
    this.flush();
  }

  // Moving and typing

  onFocus({ target }) {
    if (!isCell(target)) return;
    target.dataset.before = target.value;
    this.editing = false;
    target.select();
    this.tellOf(target);
  }

  onLeave({ target }) {
    if (isCell(target)) this.commit(target);
  }

  onKey(event) {
    const input = event.target;
    if (!isCell(input) || event.isComposing) return;
    const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
    if (undo) {
      event.preventDefault();
      if (input.value !== input.dataset.before) restoreTyped(input);
      else this.undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowLeft: this.editing ? null : [0, -1], ArrowRight: this.editing ? null : [0, 1],
    }[event.key];
    if (step) {
      event.preventDefault();
      this.move(input, ...step);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      restoreTyped(input);
    } else if (event.key === 'F4') {
      event.preventDefault();
      this.showHistory(input);
    } else if (event.key === 'F2') {
      event.preventDefault();
      this.editing = true;
      input.setSelectionRange(input.value.length, input.value.length);
    }
  }

  move(input, down, right) {
    const row = this.rows.findIndex(cells => cells.includes(input));
    const column = this.rows[row].indexOf(input);
    const next = this.rows[row + down]?.[column + right];
    if (next) next.focus();
    else {
      // The last cell of a column: what was typed is saved though the cursor stays.
      this.commit(input);
      input.dataset.before = input.value;
      input.select();
    }
  }

  onPaste(event) {
    const input = event.target;
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!isCell(input) || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const block = text.replace(/\r?\n$/, '').split(/\r?\n/).map(line => line.split('\t'));
    const top = this.rows.findIndex(cells => cells.includes(input));
    const left = this.rows[top].indexOf(input);
    const batch = [];
    let wrong = 0, outside = 0;
    block.forEach((line, r) => line.forEach((typed, c) => {
      // An empty cell of the sheet leaves the mark alone.
      if (typed.trim() === '') return;
      const cell = this.rows[top + r]?.[left + c];
      if (!cell) outside++;
      else if (!this.enter(cell, typed, batch, false)) wrong++;
    }));
    input.dataset.before = input.value;
    if (batch.length) this.undoStack.push(batch);
    this.say(this.words.pasted(batch.length, wrong) + (outside ? this.words.outside(outside) : ''));
    this.flushSoon();
  }

  undo() {
    const batch = this.undoStack.pop();
    if (!batch) return;
    batch.forEach(({ input, before }) => this.enter(input, before));
    const first = batch[0].input;
    first.focus();
    first.dataset.before = first.value;
    this.say(this.words.undone(batch.length));
    this.flushSoon();
  }

  commit(input) {
    if (input.value === input.dataset.before && input.dataset.state !== 'wrong') return;
    const typed = input.value;
    const batch = [];
    if (this.enter(input, typed, batch) && batch.length) {
      this.undoStack.push(batch);
      if (typed.trim() !== input.value) this.say(this.words.fast(typed.trim(), input.value));
    }
    this.flushSoon();
  }

  /** Takes one typed value into a cell; false when it is no mark. */
  enter(input, typed, batch, fast = true) {
    const value = parseMark(typed, input.dataset.takes, fast);
    if (value === null) return this.refuse(input, typed, this.words.wrong[input.dataset.takes]);
    const before = this.valueOf(input);
    if (value === before) {
      show(input, value, this.pending.has(keyOf(input)) ? 'pending' : 'saved');
      return true;
    }
    const why = this.querySelector('[data-why]')?.value.trim() || null;
    if (this.hasAttribute('data-locked') && !why) return this.refuse(input, typed, this.words.locked);
    if (this.hasAttribute('data-published') && input.dataset.saved && !why) return this.refuse(input, typed, this.words.why);
    batch?.push({ input, before });
    this.pending.set(keyOf(input), {
      student: input.dataset.student, column: input.dataset.column, value, version: Number(input.dataset.version), why,
    });
    show(input, value, 'pending');
    this.store();
    return true;
  }

  refuse(input, typed, message) {
    input.value = typed;
    setState(input, 'wrong', message);
    this.say(message, true);
    return false;
  }

  valueOf(input) {
    return this.pending.get(keyOf(input))?.value ?? input.dataset.saved;
  }

  // Saving

  flushSoon() {
    this.tell();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), 150);
  }

  async flush() {
    if (this.sending || this.pending.size === 0) return;
    this.sending = true;
    clearTimeout(this.timer);
    const sent = [...this.pending.values()].slice(0, 300);
    this.tell();
    try {
      const response = await fetch(this.dataset.url, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ subject: this.dataset.subject, term: Number(this.dataset.term), marks: sent }),
        keepalive: sent.length < 100,
      });
      const isJson = response.headers.get('Content-Type')?.includes('json');
      if (response.status === 401 || (response.ok && !isJson)) this.trouble = this.words.signedOut;
      else if (response.status >= 500) this.trouble = this.words.offline;
      else if (!response.ok) {
        const problem = isJson ? await response.json() : {};
        this.trouble = () => this.words.rejected(problem.detail ?? response.status);
      } else {
        this.trouble = null;
        this.retryAfter = 1000;
        this.take(await response.json(), new Map(sent.map(entry => [keyOf(entry), entry])));
      }
    } catch {
      this.trouble = this.words.offline;
    }
    this.sending = false;
    this.store();
    this.tell();
    if (this.pending.size && this.isConnected) {
      this.timer = setTimeout(() => this.flush(), this.trouble ? this.retryAfter : 0);
      if (this.trouble) this.retryAfter = Math.min(30000, this.retryAfter * 2);
    }
  }

  take(answer, sent) {
    for (const mark of answer.marks) {
      const key = keyOf(mark);
      const input = this.inputs.get(key);
      const typed = sent.get(key).value;
      const newer = this.pending.get(key) !== sent.get(key) ? this.pending.get(key) : null;
      if (!input) {
        this.pending.delete(key);
        continue;
      }
      remember(input, mark);
      if (mark.outcome === 'Saved' && newer) newer.version = mark.version;
      else if (mark.outcome === 'Saved') {
        this.pending.delete(key);
        if (document.activeElement !== input || input.value === input.dataset.before) show(input, mark.value ?? '', 'saved');
        else setState(input, 'saved');
      } else if (mark.outcome === 'Requested') {
        this.pending.delete(key);
        const wish = `${display(mark.value ?? '') || this.words.empty} → ${display(typed) || this.words.empty}: ${mark.message}`;
        show(input, mark.value ?? '', 'requested', wish);
        input.dataset.before = input.value;
        this.say(wish);
      } else if (mark.outcome === 'Stale') {
        this.pending.delete(key);
        const message = this.words.stale(mark.by, display(mark.value ?? ''), display(typed));
        show(input, mark.value ?? '', 'stale', message);
        this.say(message, true);
      } else {
        this.pending.delete(key);
        this.refuse(input, display(typed), mark.message);
      }
      if (document.activeElement === input && mark.outcome === 'Stale') {
        input.dataset.before = input.value;
        input.select();
      }
    }
    this.showResults(answer.results);
  }

  /** What others have entered meanwhile, when the window comes back to the front. */
  async refresh() {
    const now = performance.now();
    if (!this.dataset.read || now - (this.refreshed ?? 0) < 20000) return;
    this.refreshed = now;
    try {
      const response = await fetch(this.dataset.read, { headers: { Accept: 'application/json' } });
      if (!response.ok || !response.headers.get('Content-Type')?.includes('json')) return;
      const gradebook = await response.json();
      for (const row of gradebook.rows) {
        for (const cell of row.cells) {
          const input = this.inputs.get(`${row.student}|${cell.column}`);
          if (!input || this.pending.has(keyOf(input)) || document.activeElement === input || input.dataset.state === 'wrong') continue;
          if (Number(input.dataset.version) === cell.version) continue;
          remember(input, cell);
          show(input, cell.value ?? '', 'saved');
        }
      }
      this.showResults(gradebook.rows);
    } catch { /* the next return to the window tries again */ }
  }

  showResults(results) {
    for (const { student, result } of results) {
      const cell = this.querySelector(`[data-result="${student}"]`);
      if (cell) cell.textContent = result ? display(result) : '–';
    }
  }

  /** Who changed the cell, when, from what to what and why. */
  async showHistory(input) {
    const dialog = this.querySelector('[data-changes]');
    const response = await fetch(`${this.dataset.history}&student=${input.dataset.student}&column=${input.dataset.column}`, { headers: { Accept: 'application/json' } });
    if (!dialog || !response.ok) return;
    const changes = await response.json();
    const words = value => (value === null ? this.words.empty : display(value));
    const line = ({ at, by, old, new: now, why }) => {
      const item = document.createElement('li');
      const what = document.createElement('strong');
      what.textContent = `${words(old)} → ${words(now)}`;
      const when = new Date(at).toLocaleString(document.documentElement.lang === 'en' ? 'en-GB' : 'vi-VN');
      item.append(what, ` · ${by} · ${when}${why ? ` · ${why}` : ''}`);
      return item;
    };
    const title = document.createElement('h2');
    title.textContent = `${this.words.history}: ${input.getAttribute('aria-label')}`;
    const list = document.createElement('ul');
    list.append(...changes.map(line));
    const close = document.createElement('button');
    close.className = 'button';
    close.textContent = this.words.close;
    close.addEventListener('click', () => dialog.close());
    dialog.replaceChildren(title, changes.length ? list : document.createTextNode(this.words.noHistory), close);
    dialog.addEventListener('close', () => input.focus(), { once: true });
    dialog.showModal();
  }

  // What survives the page

  store() {
    try {
      if (this.pending.size) localStorage.setItem(this.storageKey, JSON.stringify([...this.pending.values()]));
      else localStorage.removeItem(this.storageKey);
    } catch { /* storage full or forbidden: the queue still lives in the page */ }
  }

  restore() {
    let kept = [];
    try {
      kept = JSON.parse(localStorage.getItem(this.storageKey) ?? '[]');
    } catch { /* unreadable: nothing to restore */ }
    for (const entry of kept) {
      const input = this.inputs.get(keyOf(entry));
      if (!input) continue;
      this.pending.set(keyOf(entry), entry);
      show(input, entry.value, 'pending');
    }
    this.tell();
    this.flush();
  }

  // What is said

  say(message, wrong) {
    const note = this.querySelector('[data-note]');
    if (note) {
      note.textContent = message;
      note.classList.toggle('error-text', Boolean(wrong));
    }
  }

  tell() {
    const n = this.pending.size;
    const status = this.querySelector('[data-status]');
    if (status) {
      status.textContent = n === 0 ? this.words.saved : this.trouble ? this.trouble(n) : this.words.saving(n);
      status.className = `badge ${n === 0 ? 'good' : this.trouble ? 'bad' : 'info'}`;
    }
  }

  /** Who entered the cell, or what is wrong with it. */
  tellOf(input) {
    if (input.dataset.message) this.say(input.dataset.message, input.dataset.state === 'wrong');
    else if (input.dataset.by && input.dataset.saved) {
      const at = new Date(input.dataset.at).toLocaleString(document.documentElement.lang === 'en' ? 'en-GB' : 'vi-VN');
      this.say(this.words.by(display(input.dataset.saved), input.dataset.by, at));
    } else this.say('');
  }
}

const isCell = element => element instanceof HTMLInputElement && element.dataset.column !== undefined;

const keyOf = item => (item instanceof HTMLElement ? `${item.dataset.student}|${item.dataset.column}` : `${item.student}|${item.column}`);

/** 8.5 as people write it here: 8,5; an average always with its decimal. */
const display = value => (document.documentElement.lang === 'en' ? value : value.replace('.', ','));

function remember(input, mark) {
  input.dataset.saved = mark.value ?? '';
  input.dataset.version = mark.version;
  input.dataset.by = mark.by ?? '';
  input.dataset.at = mark.at ?? '';
}

function show(input, value, state, message) {
  input.value = display(value);
  setState(input, state, message);
}

function setState(input, state, message) {
  input.dataset.state = state;
  input.dataset.message = message ?? '';
  input.title = message ?? '';
  if (state === 'wrong') input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

function restoreTyped(input) {
  input.value = input.dataset.before;
  input.select();
}

if (!customElements.get('mark-grid')) customElements.define('mark-grid', MarkGrid);
