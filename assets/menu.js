// The menu of a phone: Streamlit puts the sections between the items of a list, which a screen reader cannot read as
// one. They become a group of links. Watched, since the menu also comes where a window grows narrow.
(() => {
  const MENU = "[data-testid=stSidebarNavItems]:not([role])";

  function group() {
    for (const menu of document.querySelectorAll(MENU)) {
      menu.setAttribute("role", "group");
      for (const item of menu.querySelectorAll("li")) item.setAttribute("role", "none");
    }
  }

  new MutationObserver(group).observe(document, { childList: true, subtree: true });
})();
