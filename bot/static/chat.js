// The web chat: what is new appears by itself, and what is written without a connection waits and is sent once.
// On the client's own phone the thread is kept, so that it opens offline; elsewhere all is gone with the tab.
(() => {
  const PREFIX = "milepost-chat:";
  const KEPT = 60;
  const LONGEST_PAUSE = 30_000;
  const NEAR = 80;
  const SILENT = 50_000; // two beats of the stream and some: it is dead, whatever the browser thinks
  const ECHO = 5_000;
  const PATIENCE = 30_000;
  const PATIENCE_WITH_PICTURES = 180_000;

  const byId = (id) => document.getElementById(id);
  const main = byId("chat");
  const words = main.dataset;
  const thread = byId("thread");
  const box = byId("text");
  const state = byId("state");

  // ---- what this browser keeps, under whose it is ----

  const stores = () => { try { return [localStorage, sessionStorage]; } catch { return []; } };
  const read = (key) => {
    for (const store of stores()) {
      try {
        const found = store.getItem(PREFIX + key);
        if (found) return JSON.parse(found);
      } catch { /* not ours, or broken: as if it were not there */ }
    }
    return null;
  };
  const write = (key, value) => {
    try { (own ? localStorage : sessionStorage).setItem(PREFIX + key, JSON.stringify(value)); return true; } catch { return false; } // full, or none
  };
  const keys = () => stores().flatMap((store) => Object.keys(store)).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  const remove = (key) => { for (const store of stores()) store.removeItem(PREFIX + key); };
  const forget = () => keys().forEach(remove);

  const last = read("me");
  let isIn = Boolean(words.me);
  const own = isIn ? words.own === "yes" : Boolean(last?.own);
  if (isIn && last && last.me !== words.me) forget(); // somebody else was here
  const me = isIn ? words.me : last?.me;
  const csrf = words.csrf ?? "";
  const session = isIn ? csrf : last?.csrf;
  if (isIn) write("me", { me, own, csrf });

  // ---- the thread ----

  let texts = new Map();
  // Each under a key of its own: another tab that writes takes nothing away.
  const WAITS = `${me}:waits:`;
  let waiting = keys().filter((key) => key.startsWith(WAITS)).map(read).filter(Boolean).sort((one, other) => one.order - other.order);
  let digest = words.seenAs ?? "";

  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const atEnd = () => thread.scrollHeight - thread.scrollTop - thread.clientHeight < NEAR;
  const toEnd = () => { thread.scrollTop = thread.scrollHeight; };

  const lineOf = (id) => thread.querySelector(`[data-id="${CSS.escape(id)}"]`);
  const draw = (text) => {
    const line = byId("text-form").content.firstElementChild.cloneNode(true);
    line.className = text.is_mine ? "mine" : "ours";
    line.dataset.id = text.id;
    const body = line.querySelector("p");
    body.textContent = text.body;
    if (text.lang) body.lang = text.lang;
    line.querySelector(".by").textContent = text.is_mine ? words.you : text.by;
    const time = line.querySelector("time");
    time.textContent = text.when;
    if (text.at) time.dateTime = text.at;
    return line;
  };
  // When the plan is opened, or the keyboard comes up, the newest text stays in sight.
  let follows = true;
  thread.addEventListener("scroll", () => { follows = atEnd(); }, { passive: true });
  new ResizeObserver(() => { if (follows) toEnd(); }).observe(thread);

  const show = (text) => {
    if (texts.has(text.id)) return;
    texts.set(text.id, text);
    if (lineOf(text.id)) return;
    const after = [...thread.children].find((line) => line.dataset.id > text.id || line.dataset.waits);
    thread.insertBefore(draw(text), after ?? null);
  };
  // What came, and not what they wrote themselves or asked to see again, is read aloud.
  const announce = (text) => {
    const line = document.createElement("p");
    if (text.lang) line.lang = text.lang;
    line.textContent = `${text.by}: ${text.body}`;
    byId("said").append(line);
    setTimeout(() => line.remove(), ECHO);
  };
  const showWaiting = () => {
    for (const line of thread.querySelectorAll("[data-waits]")) if (!waiting.some((one) => one.id === line.dataset.waits)) line.remove();
    for (const one of waiting) {
      let line = thread.querySelector(`[data-waits="${one.id}"]`);
      if (!line) {
        line = draw({ id: `waits ${one.id}`, is_mine: true, body: one.text, lang: "", at: "", when: "" });
        line.dataset.waits = one.id;
        thread.append(line);
      }
      line.classList.toggle("failed", Boolean(one.problem));
      line.querySelector("time").textContent = one.problem ? `${words.failed}: ${one.problem}` : one.taken ? "" : navigator.onLine ? words.sends : words.waits;
    }
    byId("empty").hidden = thread.children.length > 0;
  };
  const keep = () => {
    if (own && me) write(`${me}:thread`, { texts: [...texts.values()].slice(-KEPT), plan: byId("plan").innerHTML });
  };
  // What waits is worth more than what is kept to be read.
  const keepWaiting = (one) => {
    const writeIt = () => write(WAITS + one.id, { id: one.id, text: one.text, order: one.order });
    one.isKept = !one.file && (writeIt() || (remove(`${me}:thread`), writeIt()));
  };
  const arrive = () => {
    const arrived = new Set([...texts.values()].map((text) => text.sent_as).filter(Boolean));
    for (const one of waiting) if (arrived.has(one.id)) remove(WAITS + one.id);
    waiting = waiting.filter((one) => !arrived.has(one.id));
  };
  const offer = (choices) => {
    const quick = byId("quick");
    quick.replaceChildren(...choices.map(({ number, label }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${number} · ${label}`;
      button.addEventListener("click", () => { quick.replaceChildren(); say(String(number)); });
      return button;
    }));
  };
  const take = (news) => {
    const followed = follows;
    for (const text of news.texts) {
      if (!text.is_mine && !texts.has(text.id)) announce(text);
      show(text);
    }
    texts = new Map([...texts].sort(([one], [other]) => (one < other ? -1 : 1)));
    arrive();
    digest = news.digest;
    showWaiting();
    byId("waits").hidden = !news.waits;
    offer(waiting.length || news.waits ? [] : news.choices);
    if (followed) toEnd();
    keep();
    tellSeen();
    freshenPlan();
  };

  // ---- what was seen ----

  const told = new Set();
  const tellSeen = async () => {
    if (document.hidden || !isIn) return;
    const ids = [...texts.values()].filter((text) => !text.is_mine && !told.has(text.id)).map((text) => text.id);
    if (!ids.length) return;
    ids.forEach((id) => told.add(id));
    try {
      const answer = await post("/chat/seen", { ids });
      if (!answer.ok) throw new Error(answer.status);
    } catch { ids.forEach((id) => told.delete(id)); }
  };

  const freshenPlan = async () => {
    try {
      const answer = await ask(`/chat/plan?of=${me}`);
      if (answer.ok) { byId("plan").innerHTML = await answer.text(); keep(); }
    } catch { /* it stays as it was */ }
  };

  // ---- what is written ----

  const patience = (milliseconds) => AbortSignal.timeout?.(milliseconds); // older browsers wait for as long as they like
  const ask = (what) => fetch(what, { headers: { Accept: "application/json" }, signal: patience(PATIENCE) });
  const post = (to, what) => fetch(to, {
    method: "POST",
    signal: patience(PATIENCE),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, Accept: "application/json" },
    body: JSON.stringify(what),
  });

  const postPicture = ({ id, file }) => {
    const form = new FormData();
    form.append("csrf", csrf);
    form.append("id", id);
    form.append("picture", file);
    return fetch("/chat/pictures", { method: "POST", signal: patience(PATIENCE_WITH_PICTURES), headers: { "X-CSRF-Token": csrf, Accept: "application/json" }, body: form });
  };

  let sending = false;
  let pause = 1000;
  let timer;
  const say = (text, file) => {
    const order = Math.max(Date.now(), 1 + (waiting.at(-1)?.order ?? 0)); // a clock may be set back
    const one = { id: newId(), text, file, order };
    waiting.push(one);
    keepWaiting(one);
    offer([]);
    showWaiting();
    toEnd();
    send();
  };
  const send = async () => {
    clearTimeout(timer);
    if (sending || !isIn) return;
    sending = true;
    try {
      for (let one; (one = waiting.find((each) => !each.taken && !each.problem));) {
        const answer = one.file ? await postPicture(one) : await post("/chat/messages", { id: one.id, text: one.text });
        if (answer.status === 401 || answer.status === 403) return over(); // somebody else is in, or they are anew
        if (answer.status === 409) return location.reload();
        if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
        if (answer.ok) one.taken = true;
        else one.problem = (await answer.json().catch(() => ({}))).problem ?? String(answer.status);
        pause = 1000;
        state.hidden = true;
        showWaiting();
      }
      if (waiting.some((one) => one.taken)) setTimeout(() => { if (waiting.some((one) => one.taken)) listen(); }, ECHO);
    } catch {
      state.hidden = false;
      showWaiting();
      timer = setTimeout(send, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    } finally {
      sending = false;
    }
  };
  // Whoever looks at this screen next sees nobody's words. What waits stays where it is kept.
  const blank = () => {
    isIn = false;
    stream?.close();
    clearTimeout(again);
    clearTimeout(timer);
    remove(`${me}:thread`);
    thread.replaceChildren();
    byId("plan").replaceChildren();
    byId("said").replaceChildren();
    document.querySelector("footer").hidden = byId("plan-box").hidden = byId("older").hidden = byId("waits").hidden = byId("empty").hidden = true;
    state.hidden = false;
  };
  const over = () => {
    blank();
    state.textContent = words.over;
    const link = document.createElement("a");
    link.href = "/chat";
    link.textContent = byId("leave").dataset.again ?? "→";
    state.append(" ", link);
  };

  byId("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    grow();
    say(text);
  });
  byId("picture-label").hidden = !isIn;
  byId("picture").addEventListener("change", ({ target }) => {
    if (target.files[0]) say(words.picture, target.files[0]);
    target.value = "";
  });
  window.addEventListener("beforeunload", (event) => {
    if (isIn && waiting.some((one) => !one.isKept && !one.taken && !one.problem)) event.preventDefault();
  });
  const grow = () => { box.rows = Math.min(5, box.value.split("\n").length); };
  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); byId("say").requestSubmit(); }
  });

  // ---- what comes ----

  let stream;
  let again;
  let heardAt = 0;
  let misses = 0;
  const listen = () => {
    clearTimeout(again);
    stream?.close();
    if (!isIn) return;
    heard();
    stream = new EventSource(`/chat/live?of=${me}&seen_as=${encodeURIComponent(digest)}`);
    stream.addEventListener("open", () => { heard(); misses = 0; state.hidden = true; pause = 1000; send(); });
    stream.addEventListener("beat", heard);
    stream.addEventListener("message", (event) => { heard(); take(JSON.parse(event.data)); });
    stream.addEventListener("over", over);
    stream.addEventListener("error", lose);
  };
  const heard = () => {
    heardAt = performance.now();
    clearTimeout(again);
    again = setTimeout(lose, SILENT);
  };
  // Asked anew with what is shown by now, which the browser's own trying again would not; once somebody looks.
  const lose = () => {
    clearTimeout(again);
    stream.close();
    if (document.hidden) return;
    state.hidden = false;
    showWaiting();
    again = setTimeout(listen, Math.min(2 ** misses * 1000, LONGEST_PAUSE) * (1 + Math.random()));
    misses += 1;
  };
  // Opened without a connection: once there is one, the real page takes over.
  const comeBack = async () => {
    clearTimeout(again);
    try {
      const answer = await ask("/chat/plan");
      if (answer.ok || answer.status === 401) return location.replace("/chat");
    } catch { /* not yet */ }
    again = setTimeout(comeBack, 5000);
  };

  byId("older").hidden = !("more" in byId("older").dataset);
  byId("older").addEventListener("click", async () => {
    const first = [...texts.keys()][0];
    try {
      const answer = await ask(`/chat/texts?of=${me}&before=${first}`);
      if (!answer.ok) return;
      const older = await answer.json();
      const was = thread.scrollHeight;
      for (const text of older.texts) show(text);
      texts = new Map([...texts].sort(([one], [other]) => (one < other ? -1 : 1)));
      thread.scrollTop += thread.scrollHeight - was;
      byId("older").hidden = !older.more;
    } catch { state.hidden = false; }
  });

  // Without a connection the server cannot take the cookie back: that it is to go is all that this browser remembers.
  const LEFT = `${PREFIX}left`;
  const hasLeft = () => { try { return Boolean(session) && localStorage.getItem(LEFT) === session; } catch { return false; } };
  const leave = async () => {
    blank();
    state.hidden = byId("leave").hidden = true;
    waiting = [];
    forget();
    try { localStorage.setItem(LEFT, session); } catch { /* as long as this page is open */ }
    state.textContent = words.leaves;
    try {
      const answer = await fetch(byId("leave").action, { method: "POST", signal: patience(PATIENCE) });
      if (!answer.ok) throw new Error(answer.status);
      byId("leave").submit(); // to the page that says so
    } catch {
      state.hidden = false;
      again = setTimeout(leave, 5000);
    }
  };
  byId("leave").addEventListener("submit", (event) => { event.preventDefault(); leave(); });
  window.addEventListener("online", () => { pause = 1000; if (isIn) { listen(); send(); } else if (!words.me) comeBack(); });
  window.addEventListener("offline", () => { state.hidden = false; showWaiting(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { tellSeen(); if (isIn && (stream.readyState === EventSource.CLOSED || performance.now() - heardAt > SILENT)) listen(); } });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // ---- the beginning ----

  const begin = () => {
    if (hasLeft()) return leave();
    for (const line of thread.children) {
      const [body, time] = [line.querySelector("p"), line.querySelector("time")];
      texts.set(line.dataset.id, {
        id: line.dataset.id, is_mine: line.className === "mine", body: body.textContent, lang: body.lang, at: time.dateTime,
        when: time.textContent, by: line.querySelector(".by").textContent, sent_as: line.dataset.sentAs ?? "",
      });
    }
    const kept = isIn || !me ? null : read(`${me}:thread`);
    if (kept) {
      for (const text of kept.texts) show(text);
      byId("plan").innerHTML = kept.plan; // the server's own, of this client
    }
    for (const one of waiting) one.isKept = true;
    arrive();
    for (const form of byId("quick").querySelectorAll("form")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        byId("quick").replaceChildren();
        say(form.querySelector("[name=text]").value);
      });
    }
    if (window.matchMedia("(min-width: 60rem)").matches) byId("plan-box").open = true;
    showWaiting();
    toEnd();
    keep();
    tellSeen();
    if (!me) blank(); // nobody has been here, or they have left
    if (isIn) { listen(); send(); } else { state.hidden = false; again = setTimeout(comeBack, 2000); }
    if ("serviceWorker" in navigator && own) navigator.serviceWorker.register(`/chat/worker.js?language=${document.documentElement.lang}`, { scope: "/chat" }).catch(() => {});
  };
  begin();
})();
