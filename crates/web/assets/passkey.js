// Passkeys. <form data-passkey="get|create" data-challenge="/…"> posts its fields to the challenge's address, has the
// device sign, puts the answer into the hidden fields `state` and `credential`, and is then sent as any form.
(() => {
  'use strict';
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const listed = all => (all || []).map(one => ({ ...one, id: bytes(one.id) }));
  const make = async told => {
    const made = await navigator.credentials.create({ publicKey: { ...told, challenge: bytes(told.challenge), user: { ...told.user, id: bytes(told.user.id) }, excludeCredentials: listed(told.excludeCredentials) } });
    return { id: made.id, rawId: text(made.rawId), type: made.type, extensions: made.getClientExtensionResults(),
      response: { attestationObject: text(made.response.attestationObject), clientDataJSON: text(made.response.clientDataJSON) } };
  };
  const ask = async told => {
    const got = await navigator.credentials.get({ publicKey: { ...told, challenge: bytes(told.challenge), allowCredentials: listed(told.allowCredentials) } });
    const { authenticatorData, clientDataJSON, signature, userHandle } = got.response;
    return { id: got.id, rawId: text(got.rawId), type: got.type, extensions: got.getClientExtensionResults(),
      response: { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature), userHandle: userHandle && text(userHandle) } };
  };
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const note = (name, shown) => { const said = form.querySelector(`[data-note="${name}"]`); if (said) said.hidden = !shown; };
    const button = form.querySelector('button');
    if (!window.PublicKeyCredential) { note('without', true); button.disabled = true; continue; }
    form.addEventListener('submit', async event => {
      event.preventDefault();
      if (button.disabled) return;
      button.disabled = true;
      note('failed', false);
      try {
        const answer = await fetch(form.dataset.challenge, { method: 'POST', body: new URLSearchParams(new FormData(form)), credentials: 'same-origin' });
        if (!answer.ok) throw new Error(`challenge: ${answer.status}`);
        const { state, told } = await answer.json();
        const signed = await (form.dataset.passkey === 'create' ? make(told) : ask(told));
        form.elements.state.value = state;
        form.elements.credential.value = JSON.stringify(signed);
        form.submit();
      } catch {
        // Put off, timed out, or no passkey here: nothing has happened, and it can be tried again.
        note('failed', true);
        button.disabled = false;
      }
    });
  }
})();
