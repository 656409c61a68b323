// Keeps what is typed on the server, a moment after typing stops, and sends a form only when the server answers: on a
// broken line the page stays as it is. Without this file what is typed is kept with every button.

const PAUSE = 1200;
const AGAIN = 5000;
const NOT_TYPED = new Set(["csrf", "previewed", "action"]);
const form = document.querySelector("form[data-draft]");
const told = form?.querySelector("#saved");
let waiting = 0;
let kept = "";
let leaving = false;

const fields = () => [...new FormData(form)];
const typed = () => new URLSearchParams(fields().filter(([name]) => !NOT_TYPED.has(name))).toString();

const later = (pause) => {
  clearTimeout(waiting);
  waiting = setTimeout(save, pause);
};

// Why what is typed is not on the server: empty if it is, or if the server had something to say against it.
const save = async (closing) => {
  const now = typed();
  if (now === kept) return "";
  const body = new URLSearchParams(fields());
  let why = "the server does not answer";
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: closing === true && now.length < 60000 });
    if (answer.ok && !answer.redirected) {
      kept = now;
      told.textContent = "Kept as your draft.";
      return "";
    }
    // Whoever is not signed in any more is led to another page, which is no success.
    why = answer.redirected ? "you are signed out. Sign in in another tab" : "the server refused it";
    told.textContent = `Not kept yet: ${why}. Leave this page open; it is tried again as you type.`;
    return answer.redirected ? why : "";
  } catch {
    told.textContent = `Not kept yet: ${why}. Leave this page open; it is tried again by itself.`;
    later(AGAIN);
    return why;
  }
};

if (form) {
  kept = typed();
  told.tabIndex = -1;
  form.addEventListener("input", () => later(PAUSE));
  addEventListener("online", () => later(0));
  form.addEventListener("submit", async (event) => {
    clearTimeout(waiting);
    // A button that throws the draft away, or a form that has just been kept, goes on as it is.
    if (leaving || event.submitter?.value === "discard") {
      leaving = true;
      return;
    }
    event.preventDefault();
    kept = "";
    const why = await save();
    if (why) {
      told.textContent = `Not sent: ${why}. What you typed is still here; leave this page open and send it again.`;
      told.focus();
      return;
    }
    leaving = true;
    form.requestSubmit(event.submitter);
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !leaving) save(true);
  });
}
