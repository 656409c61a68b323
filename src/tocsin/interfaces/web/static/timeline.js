// The slider says its day while it moves and goes there when it is let go. Without this file its button does.

const slider = document.querySelector("input[type=range][data-first]");
if (slider) {
  const told = slider.form.querySelector("output");
  const first = Date.parse(`${slider.dataset.first}T00:00:00Z`);
  const written = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const say = () => {
    const day = written.format(first + Number(slider.value) * 86400000);
    told.value = day;
    slider.setAttribute("aria-valuetext", day);
  };
  say();
  slider.addEventListener("input", say);
  // Arrow keys change the value step by step; only a pointer that lets go is a choice.
  slider.addEventListener("pointerup", () => slider.form.requestSubmit());
}
