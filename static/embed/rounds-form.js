// Improves a sign-up form in place. Without it, or if anything fails, the form still works: it opens our own page.
//
// Two kinds of form: `data-rounds-form` stands on another site's page and is filled from our server; a form of our own
// page carries its puzzle in `data-rounds-puzzle`. No dependency, no cookie, nothing stored; only DOM methods, so that a
// strict Content-Security-Policy with `require-trusted-types-for 'script'` has nothing to refuse.

(() => {
  "use strict";

  const SOURCE = document.currentScript ? document.currentScript.src : "";
  const A_PERSON_NEEDS = 2100; // milliseconds from showing a form to sending it: our server takes less for a robot
  const LONGEST_PUZZLE = 20000; // milliseconds that somebody who pressed the button waits for it
  let forms = 0;

  const pause = (milliseconds) => new Promise((done) => setTimeout(done, Math.max(0, milliseconds)));
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (buffer) => Array.from(buffer, (byte) => byte.toString(16).padStart(2, "0")).join("");

  // ALTCHA, second version: a counter for which PBKDF2 gives a key that begins as it should.
  async function solve(puzzle) {
    const asked = puzzle.parameters;
    const salt = bytes(asked.salt);
    const nonce = bytes(asked.nonce);
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    const last = new DataView(password.buffer, nonce.length);
    const kind = { name: "PBKDF2", hash: "SHA-256", salt, iterations: asked.cost };
    for (let counter = 0; counter < 2 ** 32; counter += 1) {
      last.setUint32(0, counter);
      const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      const found = hex(new Uint8Array(await crypto.subtle.deriveBits(kind, key, asked.keyLength * 8)));
      if (found.startsWith(asked.keyPrefix)) {
        return btoa(JSON.stringify({ challenge: puzzle, solution: { counter, derivedKey: found } }));
      }
    }
    throw new Error("no solution");
  }

  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null) element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  // ---- our own page

  function ours(form) {
    const answer = form.elements.namedItem("puzzle");
    const status = make("p", { role: "status", class: "small" });
    form.append(status);
    const solved = solve(JSON.parse(form.getAttribute("data-rounds-puzzle"))).then(
      (found) => { answer.value = found; },
      () => {},
    );
    form.addEventListener("submit", async (event) => {
      if (answer.value) return;
      event.preventDefault();
      if (status.textContent) return;
      status.textContent = "One moment, please.";
      await Promise.race([solved, pause(LONGEST_PUZZLE)]);
      HTMLFormElement.prototype.submit.call(form); // solved or not: without it our server asks for one more press
    });
  }

  // ---- a page of another site

  function theirs(form) {
    const action = form.getAttribute("action");
    const address = form.querySelector('input[name="address"]');
    const button = form.querySelector('button[type="submit"], button:not([type])');
    if (!action || !address || !button) return;
    forms += 1;
    const id = `rounds-${forms}`;
    const ask = async (path, body) => {
      const answer = await fetch(action + path, {
        method: body ? "POST" : "GET",
        body,
        mode: "cors",
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
      });
      if (!answer.ok && answer.status !== 400) throw new Error(`status ${answer.status}`);
      return answer.json();
    };

    const problem = make("p", { class: "rounds-problem", id: `${id}-problem`, role: "alert" });
    const status = make("p", { class: "rounds-status", role: "status", tabindex: "-1" });
    const lists = make("div", { class: "rounds-lists" });
    const trap = make("input", { type: "text", tabindex: "-1", autocomplete: "off" });
    const hidden = make("div", { class: "rounds-trap", "aria-hidden": "true" }, make("label", {}, "Leave this empty ", trap));
    let words = null;
    let solved = null;
    let shownAt = 0;
    let busy = false;

    function take(fresh) {
      if (!words || words.form !== fresh.form) shownAt = performance.now();
      words = fresh;
      trap.name = words.trap;
      solved = solve(words.puzzle);
      solved.catch(() => {});
    }

    function notice(list) {
      const told = make("details", { class: "rounds-notice" });
      told.append(make("summary", {}, `What you are told about the ${list.title.charAt(0).toLowerCase()}${list.title.slice(1)}`));
      for (const paragraph of [...list.notice, list.version]) told.append(make("p", {}, paragraph));
      return told;
    }

    function choice(list, number) {
      const box = make("input", { type: "checkbox", name: "purpose", value: list.purpose, id: `${id}-list-${number}` });
      const label = make("label", { for: box.id }, make("strong", {}, list.title), `, ${list.cadence}`, make("br", {}), list.sentence);
      return make("div", { class: "rounds-choice" }, box, label, notice(list));
    }

    function showLists() {
      lists.replaceChildren();
      if (words.single) {
        const [list] = words.lists;
        lists.append(make("p", {}, make("strong", {}, list.title), `, ${list.cadence}`), make("p", {}, list.sentence), notice(list));
      } else {
        lists.append(make("fieldset", { id: `${id}-lists` }, make("legend", {}, "Which emails would you like?"), ...words.lists.map(choice)));
      }
    }

    function show() {
      showLists();
      form.prepend(problem, lists);
      button.textContent = words.button;
      const small = make("p", { class: "rounds-small" }, `${words.small} `);
      small.append(make("a", { href: words.privacy }, "Privacy and your rights"));
      form.append(hidden, small, status);
      form.setAttribute("novalidate", "");
    }

    function mark(where) {
      for (const [name, element] of [["address", address], ["purpose", form.querySelector(`#${id}-lists`)]]) {
        if (!element) continue;
        if (name === where) {
          element.setAttribute("aria-describedby", problem.id);
          if (name === "address") element.setAttribute("aria-invalid", "true");
        } else {
          element.removeAttribute("aria-describedby");
          element.removeAttribute("aria-invalid");
        }
      }
    }

    function complain(sentence, where) {
      status.textContent = "";
      problem.textContent = sentence;
      mark(where);
      const first = where === "purpose" ? form.querySelector('input[type="checkbox"]') : address;
      (where === "form" || !first ? button : first).focus();
    }

    function done() {
      for (const element of Array.from(form.children)) {
        if (element !== status) element.remove();
      }
      status.textContent = "Now check your inbox. If you can receive mail at the address that you typed, a message from us is on its way. Open it and follow its link to confirm. Nothing else is sent until you do.";
      status.focus();
    }

    async function send() {
      const purposes = words.single
        ? [words.lists[0].purpose]
        : Array.from(form.querySelectorAll('input[name="purpose"]:checked'), (box) => box.value);
      const body = new URLSearchParams({ address: address.value, form: words.form, shown: words.shown });
      body.append(words.trap, trap.value);
      for (const purpose of purposes) body.append("purpose", purpose);
      body.append("puzzle", await Promise.race([solved, pause(LONGEST_PUZZLE).then(() => { throw new Error("slow"); })]));
      await pause(A_PERSON_NEEDS - (performance.now() - shownAt));
      return ask("answer", body);
    }

    async function submit(event) {
      event.preventDefault();
      if (busy) return;
      busy = true;
      problem.textContent = "";
      status.textContent = "One moment, please.";
      try {
        const answer = await send();
        if (answer.sent) {
          form.removeEventListener("submit", submit);
          done();
          return;
        }
        const changed = answer.shown !== words.shown;
        take(answer);
        if (changed) showLists(); // other words need another yes: no box is ticked
        complain(answer.error, answer.error_in);
      } catch (error) {
        form.removeEventListener("submit", submit);
        HTMLFormElement.prototype.submit.call(form); // our own page takes over, with the address filled in
      } finally {
        busy = false;
      }
    }

    ask("form").then((fresh) => {
      if (!fresh.lists.length) return;
      take(fresh);
      show();
      form.addEventListener("submit", submit);
      form.setAttribute("data-rounds-form", "ready");
    }).catch(() => {});
  }

  function style() {
    const href = SOURCE.replace(/\.js(\?.*)?$/, ".css");
    if (SOURCE && !document.querySelector(`link[href="${href}"]`)) {
      document.head.append(make("link", { rel: "stylesheet", href }));
    }
  }

  function start() {
    if (!globalThis.crypto || !crypto.subtle) return; // no https: the plain form is what there is
    document.querySelectorAll("form[data-rounds-puzzle]").forEach(ours);
    const embedded = document.querySelectorAll("form[data-rounds-form]");
    if (embedded.length) style();
    embedded.forEach(theirs);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
