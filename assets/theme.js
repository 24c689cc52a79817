// Has the page drawn anew once its theme is another one: charts are made on the server, in the colours of the theme.
function background(app) {
  return getComputedStyle(app).backgroundColor;
}

export default function ({ setStateValue }) {
  const app = document.querySelector(".stApp");
  let shown = background(app);
  const watch = new MutationObserver(() => {
    const now = background(app);
    if (now === shown) return;
    shown = now;
    setStateValue("background", now);
  });
  watch.observe(app, { attributes: true, attributeFilter: ["class"] });
  return () => watch.disconnect();
}
