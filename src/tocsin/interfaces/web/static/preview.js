// Who will see a statement, as boxes are ticked. Without this file the Preview button asks the server the same.

const form = document.querySelector("form[data-preview]");
const place = form?.querySelector("#preview");
let asked = 0;

const preview = async () => {
  const mine = ++asked;
  // What was previewed is no longer what is ticked, so nothing can be stored until the answer is here.
  for (const button of place.querySelectorAll("button")) button.disabled = true;
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const text = await answer.text();
    if (mine !== asked) return;
    if (answer.headers.get("x-tocsin-part") !== "preview") throw new Error(String(answer.status));
    place.innerHTML = text;
  } catch {
    if (mine === asked) place.textContent = "Who will see it is not known: the server did not answer. Press Preview.";
  }
};

// The marking of the page follows the label that is chosen, never looser than what the page was sent with.
const ORDER = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"];
const marks = [...document.querySelectorAll(".mark b")];
const first = marks[0]?.textContent ?? "";
const labelled = () => {
  const chosen = form.querySelector("input[name=tlp]:checked")?.value ?? "TLP:RED";
  const [had, ...caveats] = first.split(" · ");
  const label = ORDER.indexOf(chosen) > ORDER.indexOf(had) ? chosen : had;
  for (const mark of marks) mark.textContent = [label, ...caveats].join(" · ");
  document.body.classList.remove("clear", "green", "amber", "amber_strict", "red");
  document.body.classList.add(label.slice(4).toLowerCase().replace("+", "_"));
};

let waiting = 0;
form?.addEventListener("change", (event) => {
  if (!["tlp", "caveat", "audience", "within"].includes(event.target.name)) return;
  labelled();
  clearTimeout(waiting);
  waiting = setTimeout(preview, 150);
});
if (form && !place.querySelector("button")) preview();
