// Keeps mosaics of pictures for another script of the page, so that they are sent once and not with every change.
export default function ({ data }) {
  (window.conceptsSheets ??= {})[data.graph] = data;
  dispatchEvent(new CustomEvent("concepts-sheets", { detail: data.graph }));
}
