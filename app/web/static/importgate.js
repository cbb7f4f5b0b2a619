// What the pages do beyond forms and links. Everything works without it, by sending the forms.

const drop = document.getElementById("drop");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  const over = (event) => { event.preventDefault(); drop.classList.add("over"); };
  const out = () => drop.classList.remove("over");
  drop.addEventListener("dragover", over);
  drop.addEventListener("dragleave", out);
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    out();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      drop.requestSubmit();
    }
  });
  // A file that misses the zone must not replace the page.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
}
