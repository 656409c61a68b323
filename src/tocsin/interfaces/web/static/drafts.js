// Keeps what is typed on the server, a moment after typing stops. Without this file it is kept with every button.

const PAUSE = 1200;
const NOT_TYPED = new Set(["csrf", "previewed", "action"]);
const form = document.querySelector("form[data-draft]");
const told = form?.querySelector("#saved");
let waiting = 0;
let sent = "";
let leaving = false;

const fields = () => [...new FormData(form)];
const typed = () => new URLSearchParams(fields().filter(([name]) => !NOT_TYPED.has(name))).toString();

const save = async (closing) => {
  const now = typed();
  if (now === sent) return;
  const body = new URLSearchParams(fields());
  let why = "the server did not answer";
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: closing && now.length < 60000 });
    // Whoever is not signed in any more is led to another page, which is no success.
    if (answer.redirected) why = "you are signed out. Sign in in another tab";
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    sent = now;
    told.textContent = "Kept as your draft.";
  } catch {
    told.textContent = `Not kept yet: ${why}. Leave this page open; it is tried again as you type.`;
  }
};

if (form) {
  sent = typed();
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  });
  // A button sends what is typed itself, or throws it away.
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    leaving = true;
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !leaving) save(true);
  });
}
