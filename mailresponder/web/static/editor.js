// The template editor, made lively: numbers beside the lines, a preview while one writes, words that
// are put in by a click, and a text that is not lost. Everything works without it, by the buttons.
"use strict";

(() => {
  const form = document.getElementById("edit");
  if (!form) return;
  const text = document.getElementById("text");
  const numbers = document.getElementById("lines");
  const problem = document.getElementById("problem");
  const mail = document.getElementById("mail");
  const frame = document.getElementById("frame");
  const plain = document.getElementById("plain");
  const ticket = document.getElementById("ticket");
  const newer = document.getElementById("newer");
  const state = document.getElementById("state");
  const words = form.dataset;
  const PAUSE = 350; // ms without a key before the text is tried
  const SHORTEST = 5; // characters of a reference without its prefix
  let wrong = Number(words.line); // the line with the mistake; 0: none
  let leaving = false;

  // 1. Numbers. Behind the text lies the same text, unseen, line by line: it wraps alike, so the
  //    number stands where the line begins, and the text box grows with it.
  function number() {
    const lines = text.value.split("\n");
    while (numbers.children.length > lines.length) numbers.lastChild.remove();
    lines.forEach((line, index) => {
      let row = numbers.children[index];
      if (!row) {
        row = numbers.appendChild(document.createElement("div"));
        row.append(document.createElement("span"));
      }
      if (row.firstChild.textContent !== line) row.firstChild.textContent = line;
      row.classList.toggle("wrong", index + 1 === wrong);
    });
  }

  function goTo(line) {
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = text.value.indexOf("\n", before);
    text.focus();
    text.setSelectionRange(before, end < 0 ? text.value.length : end);
    numbers.children[line - 1]?.scrollIntoView({ block: "center" });
  }

  // 2. The preview. The newest answer counts; an older one is no longer waited for.
  let timer = 0;
  let asking = new AbortController();

  async function tryNow() {
    clearTimeout(timer);
    asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(words.try, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        signal: asking.signal,
        redirect: "error",
      });
      show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") state.textContent = words.unreachable;
    }
  }

  function show(tried) {
    wrong = tried.line;
    number();
    if (problem.innerHTML !== tried.problem) problem.innerHTML = tried.problem;
    text.setAttribute("aria-invalid", String(Boolean(tried.problem)));
    mail.classList.toggle("stale", !tried.mail);
    if (tried.mail) {
      mail.innerHTML = tried.mail;
      plain.textContent = tried.text;
      // replace(): a preview is no page to go back to.
      frame.contentWindow.location.replace(tried.frame);
      frame.height = tried.height;
    }
    if (ticket) {
      const refused = document.getElementById("ticket-problem");
      if (refused.innerHTML !== tried.no_ticket) refused.innerHTML = tried.no_ticket;
      ticket.setAttribute("aria-invalid", String(Boolean(tried.no_ticket)));
    }
    if (newer.textContent !== tried.newer) newer.textContent = tried.newer;
    newer.classList.toggle("note", Boolean(tried.newer));
    tell();
  }

  function changed() {
    number();
    keep();
    tell();
    trySoon();
  }

  function trySoon() {
    clearTimeout(timer);
    timer = setTimeout(tryNow, PAUSE);
  }

  text.addEventListener("input", changed);
  ticket?.addEventListener("input", () => {
    // Half a reference is no mistake.
    if (!ticket.value || ticket.value.trim().length >= SHORTEST) trySoon();
  });
  document.addEventListener("change", (event) => {
    if (event.target.form !== form || !("tries" in event.target.dataset)) return;
    // Another notice has other examples to choose from.
    if (event.target.name === "notice") form.requestSubmit(document.getElementById("show"));
    else tryNow();
  });

  // 3. Words to put in, so that the browser's own undo takes them back.
  let touched = false; // else the cursor stands above the subject, where nothing belongs
  text.addEventListener("focus", () => { touched = true; });

  function insert(words) {
    if (!touched) text.setSelectionRange(text.value.length, text.value.length);
    text.focus();
    if (!document.execCommand("insertText", false, words)) {
      text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
      changed();
    }
  }

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-insert], [data-line]");
    if (!pressed || pressed === form) return;
    event.preventDefault();
    if ("insert" in pressed.dataset) insert(pressed.dataset.insert);
    else goTo(Number(pressed.dataset.line));
  });

  const palette = document.querySelector(".palette");
  // Where there is little room, the text and its preview have it.
  for (const [box, high] of [[palette, 1000], [document.querySelector(".help"), 850]]) {
    if (box && !matchMedia(`(min-width: 1000px) and (min-height: ${high}px)`).matches) box.open = false;
  }

  const filter = document.getElementById("filter");
  filter?.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const entry of palette.querySelectorAll("li")) {
      entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
    }
  });

  // 4. Nothing is lost: leaving asks, and what was not saved is offered again.
  const opened = "unsaved" in words ? null : text.defaultValue;
  const dirty = () => text.value !== opened;
  const key = `template ${words.place}`;
  const store = storage();

  function storage() {
    try {
      return localStorage;
    } catch {
      return undefined; // a browser that keeps nothing
    }
  }

  function tell() {
    state.textContent = dirty() ? words.changed : "";
  }

  function keep() {
    const draft = { text: text.value, expected: form.elements.expected.value };
    try {
      if (dirty()) store?.setItem(key, JSON.stringify(draft));
      else store?.removeItem(key);
    } catch {
      // The browser has no room left: the preview goes on, and leaving still asks.
    }
  }

  const offer = document.getElementById("offer");
  function kept() {
    try {
      return JSON.parse(store?.getItem(key) ?? "null");
    } catch {
      return null; // whatever stands there, it is no draft of ours
    }
  }

  const draft = kept();
  if (draft && draft.text !== text.value && !("unsaved" in words)) {
    offer.hidden = false;
    offer.querySelector("[data-take]").addEventListener("click", () => {
      offer.hidden = true;
      touched = true;
      text.select();
      // What it was begun from: somebody may have saved another text since.
      form.elements.expected.value = draft.expected;
      insert(draft.text);
    });
    offer.querySelector("[data-drop]").addEventListener("click", () => {
      offer.hidden = true;
      store.removeItem(key);
      text.focus();
    });
  } else if (draft && draft.text === text.value && !("unsaved" in words)) {
    store.removeItem(key);
  }

  const save = () => form.requestSubmit(document.getElementById("save"));
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && dirty()) event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      save();
    }
    const field = event.target.id;
    if (event.key === "Enter" && ["note", "ticket", "filter"].includes(field)) {
      event.preventDefault();
      if (field === "note") save();
      else if (field === "ticket") tryNow();
    }
  });

  document.documentElement.classList.add("lively");
  text.rows = 1; // as high as the lines behind it
  number();
  tell();

  // What was chosen or written before this script came, or put back by the browser on a reload.
  function isOther(field) {
    if (field.type === "checkbox") return field.checked !== field.defaultChecked;
    if (field.options) return !field.selectedOptions[0].defaultSelected;
    return field.value !== field.defaultValue;
  }
  const shown = [...form.elements].filter((field) => field === text || "tries" in field.dataset);
  if (shown.some(isOther)) tryNow();
})();
