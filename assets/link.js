// The button that copies a link to what is seen, the theme with it; and the theme of a link that was opened.
const KEPT = "concepts-theme"; // in this tab: what the reader's own choice was before a link's theme was shown

function isDark() {
  const [red, green, blue] = getComputedStyle(document.querySelector(".stApp")).backgroundColor.match(/[\d.]+/g);
  return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
}

function own() {
  return `stActiveTheme-${location.pathname}-v2`; // where Streamlit keeps a reader's choice; it is read on loading only
}

function show(theme) { // by one load with another choice, which is taken back after it
  if (sessionStorage.getItem(KEPT) !== null || isDark() === (theme === "dark")) return;
  sessionStorage.setItem(KEPT, JSON.stringify(localStorage.getItem(own())));
  localStorage.setItem(own(), JSON.stringify(theme === "dark" ? "Dark" : "Light"));
  location.reload();
}

function takeBack() {
  const before = JSON.parse(sessionStorage.getItem(KEPT));
  if (before === null) localStorage.removeItem(own());
  else localStorage.setItem(own(), before);
  sessionStorage.removeItem(KEPT);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // a browser forbids it on a page without https, from another machine
    prompt("Copy this link:", text);
  }
}

export default function ({ data, parentElement }) {
  const [said, button] = parentElement.querySelectorAll("button, [role=status]");
  button.onclick = async () => {
    const link = new URL(location.href);
    link.searchParams.set("theme", isDark() ? "dark" : "light");
    await copy(link.href);
    said.textContent = "Link copied";
    setTimeout(() => { said.textContent = ""; }, 2500);
  };
  try {
    if (sessionStorage.getItem(KEPT) !== null) takeBack();
    else if (data.theme) show(data.theme);
  } catch { /* a browser may forbid to keep anything: then the reader's own theme stays */ }
}
