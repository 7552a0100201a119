// Checks school records as a stranger would: fetches the credential, the issuer's public key and its status list, and lets WebCrypto judge.
// Open Badges 3.0, section 8.2 (VC-JWT); https://www.w3.org/TR/vc-bitstring-status-list/.

const decoder = new TextDecoder();

function bytes(base64url) {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(text, letter => letter.charCodeAt(0));
}

const json = part => JSON.parse(decoder.decode(bytes(part)));

class Verdict extends Error {
  constructor(key) { super(key); this.key = key; }
}

/** The payload, when the issuer named in it has signed it. */
async function open(jwt) {
  let header, payload, input, signature;
  try {
    const parts = jwt.trim().split('.');
    if (parts.length !== 3) throw new Error();
    [header, payload] = [json(parts[0]), json(parts[1])];
    [input, signature] = [`${parts[0]}.${parts[1]}`, bytes(parts[2])];
  } catch {
    throw new Verdict('unreadable');
  }
  const issuer = payload.issuer?.id;
  if (header.alg !== 'RS256' || !issuer || payload.iss !== issuer || payload.jti !== payload.id) throw new Verdict('tampered');
  // Only keys below the issuer's own address are its keys, and only issuers of this installation are vouched for here.
  if (!issuer.startsWith(location.origin + '/')) throw new Verdict('foreign');
  if (!header.kid?.startsWith(issuer + '/keys/')) throw new Verdict('tampered');
  const answer = await fetch(header.kid, { cache: 'no-cache' });
  if (answer.status === 404) throw new Verdict('tampered');
  if (!answer.ok) throw new Verdict('unreachable');
  const key = await crypto.subtle.importKey('jwk', await answer.json(), { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['verify']);
  const good = await crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, signature, new TextEncoder().encode(input));
  if (!good) throw new Verdict('tampered');
  return payload;
}

async function isRevoked(credential) {
  const status = credential.credentialStatus;
  if (!status?.statusListCredential?.startsWith(credential.issuer.id + '/')) throw new Verdict('tampered');
  const answer = await fetch(status.statusListCredential, { cache: 'no-cache' });
  if (!answer.ok) throw new Verdict('unreachable');
  const list = await open(await answer.text());
  if (list.id !== status.statusListCredential) throw new Verdict('tampered');
  const packed = bytes(list.credentialSubject.encodedList.slice(1));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const bits = new Uint8Array(await new Response(unpacked).arrayBuffer());
  const index = Number(status.statusListIndex);
  return (bits[index >> 3] & (0x80 >> (index & 7))) !== 0;
}

async function check(jwt) {
  const credential = await open(jwt);
  const now = Date.now() / 1000;
  // A minute for clocks that differ.
  if (credential.nbf > now + 60) throw new Verdict('tampered');
  if (credential.exp && credential.exp < now) throw new Verdict('expired');
  if (await isRevoked(credential)) throw new Verdict('revoked');
  return credential;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

const local = text => document.documentElement.lang === 'vi' && /^\d+\.\d$/.test(text) ? text.replace('.', ',') : text;
const day = text => text.split('-').reverse().join('/');
const moment = seconds => new Date(seconds * 1000).toLocaleString(document.documentElement.lang === 'vi' ? 'vi-VN' : 'en-GB', { dateStyle: 'short', timeStyle: 'short' });

/** Results by the names that their achievement gives them, in its order. */
function results(badge) {
  const names = Object.fromEntries((badge.credentialSubject.achievement.resultDescription ?? []).map(known => [known.id, known.name]));
  return (badge.credentialSubject.result ?? []).map(result => [names[result.resultDescription], result.value]);
}

function show(credential, texts) {
  const card = element('section', undefined, 'card');
  card.append(element('h2', credential.name));
  const facts = element('dl', undefined, 'facts');
  const fact = (label, value) => { if (value) facts.append(element('dt', label), element('dd', value)); };
  const identity = type => credential.credentialSubject.identifier.find(known => known.identityType === type && !known.hashed)?.identityHash;
  fact(texts.name, identity('name'));
  if (identity('ext:birthDate')) fact(texts.birthDate, day(identity('ext:birthDate')));
  fact(texts.code, identity('sisSourcedId'));
  fact(texts.school, credential.issuer.name);
  fact(texts.signed, moment(credential.nbf));
  if (credential.exp) fact(texts.until, moment(credential.exp));
  const [year, ...subjects] = credential.credentialSubject.verifiableCredential;
  results(year).forEach(([name, value]) => fact(name, value));
  card.append(facts);
  const table = element('table', undefined, 'table');
  const head = table.createTHead().insertRow();
  for (const label of [texts.subject, texts.year]) {
    const cell = element('th', label, label === texts.year ? 'number' : '');
    cell.scope = 'col';
    head.append(cell);
  }
  const body = table.createTBody();
  for (const subject of subjects) {
    const [whole, ...marks] = results(subject);
    const row = body.insertRow();
    const name = element('th', subject.credentialSubject.achievement.name, 'subject');
    name.scope = 'row';
    if (marks.length > 0) name.append(element('div', marks.map(([label, value]) => `${label}: ${local(value)}`).join(' · '), 'marks'));
    row.append(name, element('td', local(whole?.[1] ?? '–'), 'number'));
  }
  const scrolled = element('div', undefined, 'table-wrap');
  scrolled.tabIndex = 0;
  scrolled.setAttribute('role', 'region');
  scrolled.setAttribute('aria-label', credential.name);
  scrolled.append(table);
  card.append(scrolled);
  return card;
}

class RecordVerifier extends HTMLElement {
  connectedCallback() {
    this.texts = JSON.parse(this.dataset.texts);
    this.querySelector('[data-file]').addEventListener('change', async event => {
      const file = event.target.files[0];
      if (file) this.judge([await file.text()]);
    });
    if (this.dataset.token) this.fetchShare();
  }

  async fetchShare() {
    let share;
    try {
      const answer = await fetch('/education/shared/' + encodeURIComponent(this.dataset.token), { cache: 'no-store' });
      if (answer.status === 404) return this.say('unknown', 'bad');
      if (!answer.ok) return this.say('unreachable', 'warn');
      share = await answer.json();
    } catch {
      return this.say('unreachable', 'warn');
    }
    if (share.state === 'Revoked') return this.say('linkRevoked', 'bad');
    if (share.state === 'Expired') return this.say('expired', 'warn');
    await this.judge(share.credentials);
  }

  /** All must be good: a reader does not look at each. */
  async judge(credentials) {
    const place = this.querySelector('[data-records]');
    place.replaceChildren();
    this.say('checking', '');
    try {
      const records = await Promise.all(credentials.map(check));
      place.append(...records.map(record => show(record, this.texts)));
      this.say('good', 'good');
    } catch (problem) {
      const key = problem instanceof Verdict ? problem.key : 'unreachable';
      this.say(key, key === 'unreachable' || key === 'foreign' || key === 'expired' ? 'warn' : 'bad');
    }
  }

  say(key, kind) {
    const verdict = this.querySelector('[data-verdict]');
    verdict.className = `alert verdict ${kind}`;
    verdict.dataset.state = key;
    verdict.textContent = this.texts[key];
  }
}

if (!customElements.get('record-verifier')) customElements.define('record-verifier', RecordVerifier);
