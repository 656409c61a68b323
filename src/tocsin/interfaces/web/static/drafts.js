// Keeps what is typed on the server, a moment after typing stops. Without this file it is kept with every button.

const PAUSE = 1200;
const form = document.querySelector("form[data-draft]");
const told = form?.querySelector("#saved");
let waiting = 0;
let sent = "";

const typed = () => new URLSearchParams(new FormData(form)).toString();

const save = async (leaving) => {
  const now = typed();
  if (now === sent) return;
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      body: new URLSearchParams(now),
      keepalive: leaving && now.length < 60000,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    sent = now;
    told.textContent = "Kept as your draft.";
  } catch {
    told.textContent = "Not kept yet: the server did not answer. Leave this page open; it is tried again as you type.";
  }
};

if (form) {
  sent = typed();
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
}
