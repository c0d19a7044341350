// The few things of the shell that only a script can do.
const root = document.documentElement;

window.caudal = {
  // The other of light and dark than is shown now; where that is the system's own, the page follows the system again.
  changeTheme() {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
    if (next === system) delete root.dataset.theme; else root.dataset.theme = next;
    const kept = next === system ? "max-age=0" : "max-age=31536000";
    document.cookie = `caudal-theme=${next}; path=/; SameSite=Strict; ${kept}`;
    dispatchEvent(new Event("caudal-theme"));
  },

  async copy(text) {
    await navigator.clipboard.writeText(text);
  },
};

document.getElementById("reload-page")?.addEventListener("click", () => location.reload());

// A page that was given up tries by itself whether Caudal is there again: nobody walks up to a wall to press a button.
const modal = document.getElementById("components-reconnect-modal");
setInterval(async () => {
  if (!/components-reconnect-(failed|rejected)/.test(modal?.className ?? "")) return;
  try {
    if ((await fetch("/health/live", { cache: "no-store" })).ok) location.reload();
  } catch {
    // Not yet.
  }
}, 3000);
