// The till when the network drops. A payment's request key is made by the page; if the answer does not come, nobody
// pays again: the key (and nothing else: no card number, no PIN) is kept, and the true result is asked for by it until known.
// <form data-till data-result="/shop/result"> with a hidden request_key. GET {result}?request_key=K answers
// {"state":"paid"|"refused"|"unknown"|"none","href":"/…"}; "none" means it never arrived, and may be sent again with the same key. A 5xx counts as not known.
(() => {
  'use strict';
  const form = document.querySelector('form[data-till]');
  const hold = document.getElementById('hold');
  if (!form || !hold) return;
  const box = 'till:pending';
  const store = { get: () => { try { return JSON.parse(localStorage.getItem(box)); } catch { return null; } }, set: v => { try { localStorage.setItem(box, JSON.stringify(v)); } catch { /* private mode */ } }, drop: () => { try { localStorage.removeItem(box); } catch { /* private mode */ } } };
  const wait = ms => new Promise(done => setTimeout(done, ms));
  const within = (url, options, ms) => { const stop = new AbortController(); const timer = setTimeout(() => stop.abort(), ms); return fetch(url, { ...options, signal: stop.signal, credentials: 'same-origin' }).finally(() => clearTimeout(timer)); };

  const holding = on => {
    hold.classList.toggle('hide', !on); form.classList.toggle('hide', on);
    if (on) hold.focus();
  };
  const go = href => { store.drop(); location.href = href; };

  const send = async pending => {
    const answer = await within(pending.action, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }, body: pending.body }, 8000);
    if (answer.status >= 500) throw new Error('unknown');
    if (answer.redirected) { go(answer.url); return; }
    store.drop();
    const page = await answer.text();
    dispatchEvent(new Event('pagehide'));
    document.open(); document.write(page); document.close();
  };

  const settle = async pending => {
    holding(true);
    for (let pause = 1000; ; pause = Math.min(pause * 1.5, 10000)) {
      await wait(pause);
      try {
        const answer = await within(`${form.dataset.result}?request_key=${encodeURIComponent(pending.key)}`, { headers: { accept: 'application/json' } }, 5000);
        if (!answer.ok) continue;
        const { state, href } = await answer.json();
        if (state === 'none' && pending.body) { await send(pending); return; }
        // After a reload only the key is left: that page says that nothing was paid, and keeps the key.
        if (state === 'paid' || state === 'refused' || state === 'none') { go(href); return; }
      } catch { /* still no network: ask again */ }
    }
  };

  form.addEventListener('submit', async event => {
    event.preventDefault();
    const by = event.submitter, data = new FormData(form);
    if (by && by.name) data.set(by.name, by.value);
    const pending = { key: data.get('request_key'), action: (by && by.getAttribute('formaction')) || form.action, body: new URLSearchParams(data).toString() };
    store.set({ key: pending.key });
    try { await send(pending); } catch { settle(pending); }
  });

  const pending = store.get();
  if (pending && pending.key) settle(pending);
})();
