// Small helpers; every page works without them.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const $ = (s, from = document) => from.querySelector(s);
  const $$ = (s, from = document) => [...from.querySelectorAll(s)];
  const grouped = n => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');

  // A number moves only when it really changed.
  const show = (el, to) => {
    const from = Number(el.dataset.value ?? el.textContent.replace(/[^\d-]/g, ''));
    if (from === to) return;
    el.dataset.value = to;
    if (still || document.hidden) { el.textContent = grouped(to); return; }
    const start = performance.now();
    const step = now => {
      if (Number(el.dataset.value) !== to) return;
      const part = Math.min(1, (now - start) / 200);
      el.textContent = grouped(from + (to - from) * part);
      if (part < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  };
  const restart = (el, name) => { el.classList.remove(name); void el.getBoundingClientRect(); el.classList.add(name); };

  // Live numbers: <body data-live="/live">. Messages are JSON:
  // {"numbers":{"today_sum":1,…},"tiles":{"CODE":[value,level]},"texts":{"clock":"…"},"paid":{…}}
  const live = document.body.dataset.live;
  if (live && 'EventSource' in window) {
    let source;
    // A broken line is taken up again by the browser; one that was turned away (no seat, a restart) by us, later.
    const follow = () => { source = new EventSource(live); source.onmessage = heard; source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(follow, 15000); }; };
    const heard = event => {
      let news; try { news = JSON.parse(event.data); } catch { return; }
      for (const [name, value] of Object.entries(news.numbers || {})) $$(`[data-n="${name}"]`).forEach(el => show(el, value));
      for (const [name, text] of Object.entries(news.texts || {})) $$(`[data-text="${name}"]`).forEach(el => { if (el.textContent !== text) el.textContent = text; });
      for (const [code, [value, level]] of Object.entries(news.tiles || {})) {
        const tile = $(`[data-tile="${CSS.escape(code)}"]`); if (!tile) continue;
        const text = $('.v', tile), said = grouped(value); if (text.textContent === said) continue;
        text.textContent = said; tile.classList.remove('l0', 'l1', 'l2', 'l3', 'l4'); tile.classList.add(`l${level}`);
        if (!still) restart(tile, 'hit');
      }
      if (news.paid) document.dispatchEvent(new CustomEvent('paid', { detail: news.paid }));
    };
    follow();
    addEventListener('pagehide', () => source.close());
  }

  // Long work: the page asks again after so many seconds.
  if (document.body.dataset.reload) setTimeout(() => location.reload(), Number(document.body.dataset.reload) * 1000);

  // A jump of the demo's clock goes through the days: how far it is; then the page is shown anew, unless somebody types.
  $$('[data-leap]').forEach(form => {
    let typed = false; document.addEventListener('input', () => { typed = true; });
    const ask = async () => {
      const leap = await fetch('/demo/jump', { credentials: 'same-origin' }).then(answer => answer.json()).catch(() => null);
      if (leap) { $('progress', form).value = leap.done; $$('[data-text="clock"]').forEach(el => { el.textContent = leap.clock; }); }
      if (!leap || !leap.over) setTimeout(ask, 700); else if (typed) form.classList.add('over'); else location.replace(location.href);
    };
    setTimeout(ask, 400);
  });

  // The city's clock runs on between messages: <time data-clock data-now=ms data-rate=1 data-offset=540>.
  $$('[data-clock]').forEach(el => {
    const from = Number(el.dataset.now), rate = Number(el.dataset.rate || 1), offset = Number(el.dataset.offset || 0) * 60000, at = performance.now();
    const tick = () => {
      const d = new Date(from + (performance.now() - at) * rate + offset), two = n => String(n).padStart(2, '0');
      el.textContent = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
    };
    tick(); setInterval(tick, 250);
  });

  // A countdown: <span role=timer data-countdown=180 data-over="#id">; when over, the named element shows and this one goes.
  $$('[data-countdown]').forEach(el => {
    const end = performance.now() + Number(el.dataset.countdown) * 1000;
    const timer = setInterval(() => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      el.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
      if (left) return;
      clearInterval(timer);
      $$('[data-while]').forEach(x => x.classList.add('hide'));
      const over = el.dataset.over && $(el.dataset.over); if (over) { over.classList.remove('hide'); over.focus?.(); }
    }, 250);
  });

  // Amounts get their commas while typed; the server reads them with or without.
  $$('input[data-money]').forEach(el => el.addEventListener('input', () => {
    const digits = el.value.replace(/\D/g, '').replace(/^0+(?=\d)/, '').slice(0, 12);
    el.value = digits && grouped(digits);
  }));
  $$('.keypad [data-for]').forEach(b => { document.getElementById(b.dataset.for).inputMode = 'none'; });
  document.addEventListener('click', event => {
    const button = event.target.closest('[data-add],[data-set],[data-key]'); if (!button) return;
    const input = document.getElementById(button.dataset.for); if (!input) return;
    let digits = input.value.replace(/\D/g, '');
    if ('set' in button.dataset) digits = button.dataset.set;
    else if ('add' in button.dataset) digits = String(Number(digits || 0) + Number(button.dataset.add));
    else if (button.dataset.key === 'back') digits = digits.slice(0, -1);
    else digits += button.dataset.key;
    input.value = digits; input.dispatchEvent(new Event('input', { bubbles: true }));
  });

  // A form is sent once; coming back by the back button frees it again.
  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post') return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    $$('button[type=submit],button:not([type])', form).forEach(b => b.setAttribute('aria-busy', 'true'));
  });
  // A code kept by the browser may be over or paid by now.
  addEventListener('pageshow', event => { if (event.persisted && document.body.dataset.follow !== undefined) location.reload(); });
  addEventListener('pageshow', () => $$('form[data-sent]').forEach(f => delete f.dataset.sent));

  // A form that is kept as it is typed: <form data-autosave=address data-said=… data-unsaid=…>.
  $$('form[data-autosave]').forEach(form => {
    const line = $('[data-autosaved]', form); let timer, before = '', busy = false;
    const keep = async () => {
      if (busy || form.dataset.sent) { timer = setTimeout(keep, 400); return; }
      const body = new URLSearchParams(new FormData(form)); body.delete('sure'); body.delete('why');
      const now = body.toString(); if (now === before) return;
      body.set('quiet', '1'); busy = true;
      const answer = await fetch(form.dataset.autosave, { method: 'POST', body, credentials: 'same-origin' }).catch(() => null);
      busy = false;
      const good = answer && answer.ok && !answer.redirected, id = good ? (await answer.text()).trim() : '';
      if (good) { before = now; if (/^drf_\w+$/.test(id)) history.replaceState(null, '', `/clerk?draft=${id}`); }
      line.textContent = good ? form.dataset.said : form.dataset.unsaid;
    };
    form.addEventListener('input', event => { if (event.target.name === 'why' || event.target.name === 'sure') return; clearTimeout(timer); timer = setTimeout(keep, 800); });
    form.addEventListener('submit', () => clearTimeout(timer));
  });

  // Print, copy, and the camera where the browser can read codes.
  $$('[data-print]').forEach(b => b.addEventListener('click', () => print()));
  $$('[data-scan]').forEach(button => {
    if (!('BarcodeDetector' in window) || !navigator.mediaDevices) { button.hidden = true; return; }
    button.addEventListener('click', async () => {
      const input = document.getElementById(button.dataset.scan), video = document.createElement('video');
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
        video.srcObject = stream; video.playsInline = true; video.muted = true; button.after(video); await video.play();
        const detector = new BarcodeDetector({ formats: ['qr_code'] });
        const end = () => { stream.getTracks().forEach(t => t.stop()); video.remove(); };
        const look = async () => {
          if (!video.isConnected) return;
          const [found] = await detector.detect(video).catch(() => []);
          if (found) { input.value = found.rawValue; end(); input.form?.querySelector('[data-next]')?.focus(); return; }
          setTimeout(look, 150);
        };
        setTimeout(end, 60000); look();
      } catch { video.remove(); button.hidden = true; input.focus(); }
    });
  });

  // Said aloud at the till: <p data-say="만 이천 원 결제됐습니다" data-say-lang="ko-KR">.
  const say = (text, lang) => {
    if (!('speechSynthesis' in window) || !text) return;
    const words = new SpeechSynthesisUtterance(text); words.lang = lang || 'ko-KR';
    speechSynthesis.cancel(); speechSynthesis.speak(words);
  };
  $$('[data-say]').forEach(el => say(el.dataset.say, el.dataset.sayLang));
  $$('[data-say-again]').forEach(b => b.addEventListener('click', () => { const el = $('[data-say],[data-said]'); if (el) say(el.dataset.say || el.dataset.said, el.dataset.sayLang); }));
  document.addEventListener('paid', async event => {
    // A page that waits for one payment asks the server whether this was the one; then the next page says it aloud.
    if (document.body.dataset.follow !== undefined) {
      const answer = await fetch(location.href, { credentials: 'same-origin' }).catch(() => null);
      if (answer && answer.redirected) { location.href = answer.url; return; }
    }
    const { text, lang } = event.detail;
    say(text, lang);
    const line = $('#heard'); if (line) { line.textContent = event.detail.line || text; restart(line, 'came'); }
  });
  if ($('#errors')) $('#errors').focus();
})();
