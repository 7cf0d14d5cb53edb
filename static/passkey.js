// Passkeys: shows the form, asks the browser what it says (data-question), and sends the answer with it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-question]");
  const told = document.getElementById("passkey-told");
  if (!form) return;
  const button = form.querySelector("button");
  const question = JSON.parse(form.dataset.question).publicKey;

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (mark) => mark.charCodeAt(0));
  }

  function text(buffer) {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  const known = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  async function make() {
    const made = await navigator.credentials.create({
      publicKey: {
        ...question,
        challenge: bytes(question.challenge),
        user: { ...question.user, id: bytes(question.user.id) },
        excludeCredentials: known(question.excludeCredentials),
      },
    });
    return {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
      of: made,
    };
  }

  async function use() {
    const used = await navigator.credentials.get({
      publicKey: {
        ...question,
        challenge: bytes(question.challenge),
        allowCredentials: known(question.allowCredentials),
      },
    });
    return {
      authenticatorData: text(used.response.authenticatorData),
      clientDataJSON: text(used.response.clientDataJSON),
      signature: text(used.response.signature),
      ...(used.response.userHandle && { userHandle: text(used.response.userHandle) }),
      of: used,
    };
  }

  async function answer(event) {
    event.preventDefault();
    button.disabled = true;
    told.textContent = "Follow what your browser or your key asks for.";
    try {
      const { of, ...response } = await (question.user ? make() : use());
      form.elements.credential.value = JSON.stringify({
        id: of.id,
        rawId: text(of.rawId),
        type: of.type,
        response,
        clientExtensionResults: {},
      });
      form.submit();
    } catch (error) {
      button.disabled = false;
      told.textContent =
        error.name === "InvalidStateError"
          ? "This device has a passkey for this account already. Use another device or key."
          : "The browser did not do it, or was told to stop. Press the button to try again.";
    }
  }

  if (!window.PublicKeyCredential) {
    told.textContent = "This browser has no passkeys.";
    return;
  }
  form.closest("[data-passkey]").hidden = false;
  form.addEventListener("submit", answer);
})();
